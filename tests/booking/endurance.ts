import {
  defineTest,
  driftBelow,
  errorRateBelow,
  memoryGrowthBelow,
  minor,
  noConnectionLeak,
  noRestarts,
  rampingVUs,
} from 'load-suite';
import { product, usualTraffic } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'endurance',
  description: '50 users for half an hour: memory, connections and response times stay stable',
  workload: rampingVUs([
    { phase: 'ramp-up', duration: '2m', target: 50 },
    { phase: 'hold', duration: '30m', target: 50 },
    { phase: 'ramp-down', duration: '1m', target: 0 },
  ]),
  traffic: usualTraffic,
  criteria: [
    errorRateBelow(0.01),
    memoryGrowthBelow(100, 'hold'),
    noConnectionLeak(),
    driftBelow(0.1, 'hold'),
    minor(noRestarts()),
  ],
});
