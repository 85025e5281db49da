/**
 * A k6 test that sends the traffic of the peak test with an increasing number of users. The benchmark stops k6 once k6
 * saturates its core.
 */
import { defineTest, errorRateBelow, ladder, mix, withThinkTime } from 'load-suite';
import { product, visits } from '../../tests/booking/product.ts';

const thinkS = Number(__ENV.THINK_S);

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'capacity',
  description: 'measures the load that k6 can generate on one core',
  workload: ladder((__ENV.RUNGS ?? '').split(',').map(Number), {
    ramp: `${__ENV.RAMP_S}s`,
    hold: `${__ENV.HOLD_S}s`,
  }),
  traffic: withThinkTime(mix(visits), [thinkS, 3 * thinkS]),
  criteria: [errorRateBelow(0.01)],
});
