import { defineTest, during, errorRateBelow, ladder, noRestarts, percentileBelow } from 'load-suite';
import { product, usualTraffic } from './product.ts';

const USERS = [50, 100, 200];

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'ladder',
  description: '50, 100 and 200 users for a minute each: finds how many users the deployment can serve',
  workload: ladder(USERS, { ramp: '10s', hold: '60s' }),
  traffic: usualTraffic,
  // Each number of users has criteria of its own, so that the report shows the first one that fails.
  criteria: [
    ...USERS.flatMap((users) => [
      during([`users-${users}`], errorRateBelow(0.05)),
      during([`users-${users}`], percentileBelow(0.95, '1s')),
    ]),
    noRestarts(),
  ],
});
