import { parseDuration } from '../../numbers/index.ts';
import type { Criterion, Limit, Measure, Unit } from '../criterion.ts';

/** Ten samples beyond the percentile: below that, its value is one or two requests' luck. */
export const minSamplesFor = (q: number) => Math.ceil(10 / (1 - q) - 1e-9);

export const below = (limit: number): Limit => ({ comparison: 'below', limit });
export const above = (limit: number): Limit => ({ comparison: 'above', limit });
export const belowDuration = (duration: string): Limit => below(parseDuration(duration));
export const AT_MOST_ZERO: Limit = { comparison: 'at-most', limit: 0 };

/** Every promise is critical, unless `minor` stands around it. */
export function criticalCriterion<M extends Measure>(
  limit: Limit,
  unit: Unit,
  promise: Pick<Criterion<M>, 'id' | 'title' | 'measure' | 'minSamples'>,
): Criterion<M> {
  return { ...promise, ...limit, unit, severity: 'critical' };
}
