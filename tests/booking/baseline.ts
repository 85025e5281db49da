import { defineTest, errorRateBelow, minor, noRestarts, percentileBelow, rampingVUs } from 'load-suite';
import { product, usualTraffic } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'baseline',
  description: 'normal load: 100 users',
  workload: rampingVUs([
    { phase: 'ramp-up', duration: '2m', target: 100 },
    { phase: 'hold', duration: '8m', target: 100 },
    { phase: 'ramp-down', duration: '1m', target: 0 },
  ]),
  traffic: usualTraffic,
  criteria: [percentileBelow(0.95, '200ms'), errorRateBelow(0.01), minor(noRestarts())],
});
