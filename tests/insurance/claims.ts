import { defineTest } from 'load-suite';
import { burstsUpToTheLimit } from './flows/bursts.ts';
import { newClaims } from './flows/claim.ts';
import { product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'claims',
  description: '15 claims with their documents at the same instant, five times, and once more than they may',
  traffic: newClaims,
  ...burstsUpToTheLimit(15),
});
