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
import { BURST_PAUSE } from './flows/bursts.ts';
import { newClaims } from './flows/claim.ts';
import { healthChecks, newAgents, newMembers, product, readHealth } from './product.ts';

const trafficByBurst = {
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
  description: 'continuous health checks during bursts of every kind',
  workload: withProbe(
    bursts(
      Object.entries(trafficByBurst).map(([phase, traffic]) => ({
        phase,
        vus: traffic === newClaims ? 15 : 20,
      })),
      { pause: BURST_PAUSE },
    ),
    { ratePerS: 25, maxVUs: 10 },
  ),
  traffic: { ...trafficByBurst, probe: healthChecks },
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
