import {
  during,
  errorRateBelow,
  minor,
  noFailedCheck,
  noRestarts,
  nothingLost,
  percentileBelow,
  refusalShareAbove,
  refusalShareBelow,
  startSpreadBelow,
} from '../../lib/core/criteria.ts';
import { bursts } from '../../lib/core/workloads.ts';
import { defineTest } from '../../lib/k6/define-test.ts';
import { newClaims } from './flows/claim.ts';
import { product } from './product.ts';

/** As many as the limit of a minute takes of each agent; the one after them is refused, as it should be. */
const within = ['first', 'second', 'third', 'fourth', 'fifth'];
const beyond = 'over-limit';
const vus = 15;
const ofAll = { minSamples: within.length * vus };

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'claims',
  description: '15 claims with their documents at the same instant, five times, and once more than they may',
  workload: bursts(
    [...within, beyond].map((phase) => ({ phase, vus })),
    { pause: '8s' },
  ),
  traffic: newClaims,
  criteria: [
    startSpreadBelow('50ms'),
    noFailedCheck(),
    during(within, { ...errorRateBelow(0.05), ...ofAll }),
    during(within, { ...percentileBelow(0.95, '2s'), ...ofAll }),
    during(within, { ...refusalShareBelow(429, 0.05), ...ofAll }),
    during([beyond], { ...refusalShareAbove(429, 0.7), minSamples: vus }),
    nothingLost(),
    minor(noRestarts()),
  ],
  assess: ['checklist'],
});
