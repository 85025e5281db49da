/**
 * The booking traffic as a test written with load-suite. Environment variables set the VUs, the duration and the think
 * time.
 */
import { constantVUs, defineTest, errorRateBelow, mix, percentileBelow, withThinkTime } from 'load-suite';
import { product, visits } from '../../tests/booking/product.ts';

const thinkS = Number(__ENV.THINK_S);
const traffic = mix(visits);

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'overhead',
  description: 'measures how much CPU and memory load-suite uses',
  workload: constantVUs({ vus: Number(__ENV.VUS), duration: __ENV.DURATION ?? '', gracefulStop: '1s' }),
  traffic: thinkS > 0 ? withThinkTime(traffic, [thinkS, 3 * thinkS]) : traffic,
  criteria: [percentileBelow(0.95, '400ms'), errorRateBelow(0.01)],
});
