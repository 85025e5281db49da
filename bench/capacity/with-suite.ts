/** The traffic of the peak test, with more and more users until the benchmark has seen enough. */
import { defineTest, errorRateBelow, ladder, mix, withThinkTime } from 'load-suite';
import { product, visits } from '../../tests/booking/product.ts';

const thinkS = Number(__ENV.THINK_S);

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'capacity',
  description: 'what a core of the generator carries',
  workload: ladder((__ENV.RUNGS ?? '').split(',').map(Number), {
    ramp: `${__ENV.RAMP_S}s`,
    hold: `${__ENV.HOLD_S}s`,
  }),
  traffic: withThinkTime(mix(visits), [thinkS, 3 * thinkS]),
  criteria: [errorRateBelow(0.01)],
});
