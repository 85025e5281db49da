import {
  constantArrivals,
  defineTest,
  errorRateBelow,
  minor,
  noRestarts,
  noTimeouts,
  percentileBelow,
  refusalShareBetween,
} from 'load-suite';
import { product, usualTraffic } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'stress',
  description: '50 requests per second for a minute, three times the rate limit',
  workload: constantArrivals({ ratePerS: 50, duration: '60s', maxVUs: 100 }),
  traffic: usualTraffic,
  criteria: [
    percentileBelow(0.95, '200ms'),
    minor(percentileBelow(0.99, '300ms')),
    errorRateBelow(0.01),
    noTimeouts(),
    ...refusalShareBetween(429, 0.55, 0.75),
    noRestarts(),
  ],
  assess: ['readiness'],
});
