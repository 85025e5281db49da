import { contractsHold, noFailedCheck } from '../../lib/core/criteria.ts';
import { once } from '../../lib/core/workloads.ts';
import { defineTest } from '../../lib/k6/define-test.ts';
import { each, inSequence } from '../../lib/k6/traffic.ts';
import { bookingFlow } from './flows/booking.ts';
import { product, visits } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'smoke',
  description: 'every endpoint and the whole booking flow, once',
  workload: once({ maxDuration: '1m' }),
  traffic: inSequence(each(visits), bookingFlow),
  contractShare: 1,
  criteria: [noFailedCheck(), contractsHold(6)],
});
