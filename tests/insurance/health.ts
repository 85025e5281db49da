import {
  bursts,
  defineTest,
  errorRateBelow,
  forEndpoint,
  minor,
  noFailedCheck,
  noRestarts,
  nothingLost,
  percentileBelow,
  startSpreadBelow,
  withProbe,
} from 'load-suite';
import { PAUSE } from './flows/bursts.ts';
import { newClaims } from './flows/claim.ts';
import { healthChecks, newAgents, newMembers, product, readHealth } from './product.ts';

const kinds = {
  agents: newAgents,
  members: newMembers,
  claims: newClaims,
  'agents-again': newAgents,
  'members-again': newMembers,
  'claims-again': newClaims,
};

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'health',
  description: 'health checks all the time, beside bursts of every kind',
  workload: withProbe(
    bursts(
      Object.entries(kinds).map(([phase, traffic]) => ({ phase, vus: traffic === newClaims ? 15 : 20 })),
      { pause: PAUSE },
    ),
    { ratePerS: 25, maxVUs: 10 },
  ),
  traffic: { ...kinds, probe: healthChecks },
  criteria: [
    forEndpoint(readHealth.name, percentileBelow(0.95, '500ms')),
    forEndpoint(readHealth.name, errorRateBelow(0.01)),
    startSpreadBelow('50ms'),
    noFailedCheck(),
    nothingLost(),
    minor(noRestarts()),
  ],
  assess: ['checklist'],
});
