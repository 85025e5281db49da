import { defineSmokeTest } from '../../lib/k6/smoke-test.ts';
import { each } from '../../lib/k6/traffic.ts';
import { product, visits } from './product.ts';

export const { options, run, handleSummary } = defineSmokeTest({
  product,
  description: 'every endpoint, once',
  traffic: each(visits),
  contracts: 4,
});
