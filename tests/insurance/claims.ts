import { defineTest } from 'load-suite';
import { burstsAroundRateLimit } from './flows/bursts.ts';
import { newClaims } from './flows/claim.ts';
import { product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'claims',
  description: '15 claims with documents at the same instant, in five bursts within the rate limit and one above it',
  traffic: newClaims,
  ...burstsAroundRateLimit(15),
});
