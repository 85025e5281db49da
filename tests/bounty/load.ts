import {
  arrivalPhases,
  defineTest,
  during,
  errorRateBelow,
  memoryGrowthBelow,
  minor,
  noConnectionLeak,
  noRestarts,
  oneOf,
  percentileBelow,
  refusalShareBelow,
  throughputAbove,
} from 'load-suite';
import { administration, core, monitoring, notifications, payments } from './flows/users.ts';
import { product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'load',
  description: 'normal and peak load: 10 to 100 users arrive per second, and each sends two to five requests',
  workload: arrivalPhases(
    [
      { phase: 'warm-up', duration: '60s', ratePerS: 10 },
      { phase: 'sustained', duration: '300s', ratePerS: 50 },
      { phase: 'peak', duration: '120s', ratePerS: 100 },
      { phase: 'cool-down', duration: '60s', ratePerS: 10 },
    ],
    { maxVUs: 300 },
  ),
  traffic: oneOf([
    [core, 40],
    [payments, 20],
    [notifications, 20],
    [administration, 10],
    [monitoring, 10],
  ]),
  criteria: [
    percentileBelow(0.5, '100ms'),
    percentileBelow(0.95, '200ms'),
    percentileBelow(0.99, '500ms'),
    errorRateBelow(0.01),
    // In requests per second: 50 users per second send 3.7 requests each on average.
    during(['sustained'], throughputAbove(100)),
    // If sign-ins were refused, flows would skip steps without any error.
    refusalShareBelow(401, 0.01),
    noConnectionLeak(),
    minor(memoryGrowthBelow(50, 'sustained')),
    minor(noRestarts()),
  ],
});
