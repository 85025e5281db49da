import { defineSmokeTest, each, inSequence } from 'load-suite';
import { bookingFlow } from './flows/booking.ts';
import { product, visits } from './product.ts';

export const { options, run, handleSummary } = defineSmokeTest({
  product,
  description: 'every endpoint and the whole booking flow once',
  traffic: inSequence(each(visits), bookingFlow),
  contracts: 6,
});
