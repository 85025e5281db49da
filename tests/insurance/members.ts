import { defineTest } from 'load-suite';
import { burstsAroundRateLimit } from './flows/bursts.ts';
import { newMembers, product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'members',
  description: '20 members register at the same instant, in five bursts within the rate limit and one above it',
  traffic: newMembers,
  ...burstsAroundRateLimit(20),
});
