/** The traffic of the peak test, with more and more users until the benchmark has seen enough. */
import { errorRateBelow, ladder } from '../../lib/core/definition/index.ts';
import { defineTest } from '../../lib/k6/define-test.ts';
import { mix, withThinkTime } from '../../lib/k6/traffic.ts';
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
