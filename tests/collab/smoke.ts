import { defineSmokeTest, each } from 'load-suite';
import { product, visits } from './product.ts';

export const { options, run, handleSummary } = defineSmokeTest({
  product,
  description: 'every endpoint once',
  traffic: each(visits),
  contracts: 3,
});
