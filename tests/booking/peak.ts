import { defineTest, errorRateBelow, minor, noRestarts, noTimeouts, percentileBelow, rampingVUs } from 'load-suite';
import { product, usualTraffic } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'peak',
  description: 'peak load: 500 users',
  workload: rampingVUs([
    { phase: 'ramp-up', duration: '1m', target: 500 },
    { phase: 'hold', duration: '5m', target: 500 },
    { phase: 'ramp-down', duration: '1m', target: 0 },
  ]),
  traffic: usualTraffic,
  criteria: [percentileBelow(0.95, '400ms'), errorRateBelow(0.01), noTimeouts(), minor(noRestarts())],
});
