import { defineTest } from 'load-suite';
import { burstsUpToTheLimit } from './flows/bursts.ts';
import { newAgents, product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'agents',
  description: '20 agents register at the same instant, five times, and once more than they may',
  traffic: newAgents,
  ...burstsUpToTheLimit(20),
});
