import {
  constantVUs,
  errorRateBelow,
  minor,
  noConnectionLeak,
  noRestarts,
  noTimeouts,
  percentileBelow,
} from '../../lib/core/definition/index.ts';
import { defineTest } from '../../lib/k6/define-test.ts';
import { each, visit } from '../../lib/k6/traffic.ts';
import { anyMember, product, readPolicy } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'pool',
  description: '50 users without a pause: a connection for each of them',
  workload: constantVUs({ vus: 50, duration: '60s', gracefulStop: '10s' }),
  traffic: each([visit(1, readPolicy, (it) => it.call(anyMember()))]),
  criteria: [
    errorRateBelow(0.01),
    percentileBelow(0.95, '2s'),
    noTimeouts(),
    noConnectionLeak(),
    minor(noRestarts()),
  ],
  assess: ['checklist'],
});
