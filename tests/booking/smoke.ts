import { defineSmokeTest } from '../../lib/k6/smoke-test.ts';
import { each, inSequence } from '../../lib/k6/traffic.ts';
import { bookingFlow } from './flows/booking.ts';
import { product, visits } from './product.ts';

export const { options, run, handleSummary } = defineSmokeTest({
  product,
  description: 'every endpoint and the whole booking flow, once',
  traffic: inSequence(each(visits), bookingFlow),
  contracts: 6,
});
