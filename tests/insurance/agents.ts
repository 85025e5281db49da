import { defineTest } from 'load-suite';
import { burstsAroundRateLimit } from './flows/bursts.ts';
import { newAgents, product } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'agents',
  description: '20 agents register at the same instant, in five bursts within the rate limit and one above it',
  traffic: newAgents,
  ...burstsAroundRateLimit(20),
});
