import {
  constantArrivals,
  defineTest,
  errorRateBelow,
  noRestarts,
  percentileBelow,
  refusalShareBetween,
} from 'load-suite';
import { product, usualTraffic } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'monitor',
  description: 'the load of the stress test, while PM2 monitors the processes',
  workload: constantArrivals({ ratePerS: 50, duration: '60s', maxVUs: 100 }),
  traffic: usualTraffic,
  criteria: [
    percentileBelow(0.95, '200ms'),
    errorRateBelow(0.01),
    ...refusalShareBetween(429, 0.55, 0.75),
    noRestarts(),
  ],
  assess: ['readiness'],
});
