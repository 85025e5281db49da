import { defineTest } from 'load-suite';
import { burstsUpToTheLimit } from './flows/bursts.ts';
import { newMembers, product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'members',
  description: '20 members register at the same instant, five times, and once more than they may',
  traffic: newMembers,
  ...burstsUpToTheLimit(20),
});
