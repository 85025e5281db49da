import { percentileName } from '../../numbers/index.ts';
import type { CriterionOf } from '../criterion.ts';
import { above, belowDuration, criticalCriterion, minSamplesFor } from './limits.ts';

/**
 * Sets a minimum for the success rate of a flow, the share of its iterations in which every step succeeds:
 * `flowSuccessAbove('order', 0.99)` requires more than 99 %. At least 30 iterations are required.
 * @param flow name of the flow
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
 * Limits the mean duration of a flow, from the start of its first step to the end of its last:
 * `flowMeanBelow('order', '5s')`. Failed iterations are included. At least 30 iterations are required.
 * @param flow name of the flow
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError if the limit is not a duration
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
 * Limits a percentile of the durations of a flow: `flowPercentileBelow('order', 0.95, '8s')` requires a p95 below
 * 8 seconds. Failed iterations are included. Ten iterations above the percentile are required: 200 iterations for the
 * p95, 1,000 for the p99.
 * @param flow name of the flow
 * @param q the percentile as a fraction: 0.95 for the p95
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError if the limit is not a duration
 */
export function flowPercentileBelow(flow: string, q: number, limit: string): CriterionOf<'flow-percentile'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: `${flow}-${percentileName(q)}`,
    title: `${flow} ${percentileName(q)} duration`,
    measure: { kind: 'flow-percentile', flow, q },
    minSamples: minSamplesFor(q),
  });
}
