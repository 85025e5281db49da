import { percentileName } from '../../numbers/index.ts';
import type { CriterionOf } from '../criterion.ts';
import { above, belowDuration, criticalCriterion, minSamplesFor } from './limits.ts';

/**
 * The share of iterations of a flow in which every step succeeds exceeds the limit.
 * @param flow its name
 * @param limit a fraction: 0.99 is 99 %
 */
export function flowSuccessAbove(flow: string, limit: number): CriterionOf<'flow-success-rate'> {
  return criticalCriterion(above(limit), 'fraction', {
    id: `${flow}-success`,
    title: `${flow} success rate`,
    measure: { kind: 'flow-success-rate', flow },
    minSamples: 30,
  });
}

/**
 * The mean duration of a flow, from its first step to its last, stays below the limit. Failed iterations count.
 * @param flow its name
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError where the limit is not a duration
 */
export function flowMeanBelow(flow: string, limit: string): CriterionOf<'flow-mean'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: `${flow}-mean`,
    title: `${flow} mean duration`,
    measure: { kind: 'flow-mean', flow },
    minSamples: 30,
  });
}

/**
 * The duration that a share `q` of the iterations of a flow does not exceed stays below the limit. It needs ten
 * samples beyond the percentile.
 * @param flow its name
 * @param q between 0 and 1: 0.95 for the p95
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError where the limit is not a duration
 */
export function flowPercentileBelow(flow: string, q: number, limit: string): CriterionOf<'flow-percentile'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: `${flow}-${percentileName(q)}`,
    title: `${flow} ${percentileName(q)} duration`,
    measure: { kind: 'flow-percentile', flow, q },
    minSamples: minSamplesFor(q),
  });
}
