import { type FigureUnit, parseDuration } from '../../numbers/index.ts';
import type { Criterion, Limit, Measure } from '../criterion.ts';

/** Required samples above a percentile. With fewer samples, one or two slow requests would decide its value. */
export const minSamplesFor = (q: number) => Math.ceil(10 / (1 - q) - 1e-9);

export const below = (limit: number): Limit => ({ comparison: 'below', limit });
export const above = (limit: number): Limit => ({ comparison: 'above', limit });
export const belowDuration = (duration: string): Limit => below(parseDuration(duration));
export const AT_MOST_ZERO: Limit = { comparison: 'at-most', limit: 0 };

/** A critical criterion. Criteria are critical unless the test wraps them in `minor(…)`. */
export function criticalCriterion<M extends Measure>(
  limit: Limit,
  unit: FigureUnit,
  parts: Pick<Criterion<M>, 'id' | 'title' | 'measure' | 'minSamples'>,
): Criterion<M> {
  return { ...parts, ...limit, unit, severity: 'critical' };
}
