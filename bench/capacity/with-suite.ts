/** The traffic of the peak test with a rising number of users. The benchmark ends k6 when the generator is saturated. */
import { defineTest, errorRateBelow, ladder, mix, withThinkTime } from 'load-suite';
import { product, visits } from '../../tests/booking/product.ts';

const thinkS = Number(__ENV.THINK_S);

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'capacity',
  description: 'load that one core can generate',
  workload: ladder((__ENV.RUNGS ?? '').split(',').map(Number), {
    ramp: `${__ENV.RAMP_S}s`,
    hold: `${__ENV.HOLD_S}s`,
  }),
  traffic: withThinkTime(mix(visits), [thinkS, 3 * thinkS]),
  criteria: [errorRateBelow(0.01)],
});
