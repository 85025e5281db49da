import {
  arrivalPhases,
  defineTest,
  during,
  errorRateBelow,
  noRestarts,
  percentileBelow,
  refusalShareBelow,
} from 'load-suite';
import { product, usualTraffic } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'stabilised',
  description: '10 and 20 requests per second: below the rate limit and just above it',
  workload: arrivalPhases(
    [
      { phase: 'ten', duration: '60s', ratePerS: 10 },
      { phase: 'twenty', duration: '60s', ratePerS: 20 },
    ],
    { maxVUs: 50 },
  ),
  traffic: usualTraffic,
  criteria: [
    percentileBelow(0.95, '200ms'),
    errorRateBelow(0.01),
    during(['ten'], refusalShareBelow(429, 0.05)),
    during(['twenty'], refusalShareBelow(429, 0.3)),
    noRestarts(),
  ],
  assess: ['readiness'],
});
