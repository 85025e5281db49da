import {
  constantVUs,
  defineTest,
  each,
  errorRateBelow,
  minor,
  noConnectionLeak,
  noRestarts,
  noTimeouts,
  percentileBelow,
  visit,
} from 'load-suite';
import { product, randomMemberId, readPolicy } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'pool',
  description: '50 users without pauses, each of whom needs a database connection',
  workload: constantVUs({ vus: 50, duration: '60s', gracefulStop: '10s' }),
  traffic: each([visit(1, readPolicy, (it) => it.call(randomMemberId()))]),
  criteria: [errorRateBelow(0.01), percentileBelow(0.95, '2s'), noTimeouts(), noConnectionLeak(), minor(noRestarts())],
  assess: ['checklist'],
});
