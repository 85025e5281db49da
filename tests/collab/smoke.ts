import { contractsHold, noFailedCheck } from '../../lib/core/criteria.ts';
import { once } from '../../lib/core/workloads.ts';
import { defineTest } from '../../lib/k6/define-test.ts';
import { each } from '../../lib/k6/traffic.ts';
import { product, visits } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'smoke',
  description: 'every endpoint, once',
  workload: once({ maxDuration: '1m' }),
  traffic: each(visits),
  contractShare: 1,
  criteria: [noFailedCheck(), contractsHold(3)],
});
