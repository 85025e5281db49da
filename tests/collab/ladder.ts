import { defineTest, during, errorRateBelow, ladder, noRestarts, percentileBelow } from 'load-suite';
import { product, usualTraffic } from './product.ts';

const USERS = [50, 100, 200];

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'ladder',
  description: '50, 100 and 200 users, a minute each: how many of them does the deployment carry?',
  workload: ladder(USERS, { ramp: '10s', hold: '60s' }),
  traffic: usualTraffic,
  criteria: [
    ...USERS.flatMap((users) => [
      during([`users-${users}`], errorRateBelow(0.05)),
      during([`users-${users}`], percentileBelow(0.95, '1s')),
    ]),
    noRestarts(),
  ],
});
