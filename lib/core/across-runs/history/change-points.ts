import { type Random, seededRandom } from '../../numbers/index.ts';
import { bestSplit, MIN_PART_LENGTH, type Split } from './energy-distance.ts';

/** Minimum number of values between two change points in the significance test. */
export const MIN_SEGMENT_LENGTH = 5;

/**
 * Maximum number of values to search: one year of nightly runs. The limit is needed because the search time grows
 * quadratically. In a longer series, only the last values are searched.
 */
export const MAX_SERIES_LENGTH = 365;

/**
 * Number of random permutations per significance test. If the observed order beats all of them, the p-value is 0.001.
 */
const PERMUTATIONS = 999;
const SEED = 1;

/** A segment of the series: consecutive values without a known change point between them. */
interface SeriesSegment {
  /** Index of the first value of the segment. */
  from: number;
  values: Float64Array;
  best: Split;
}

/**
 * Finds the points at which the level or the spread of a series changes.
 *
 * Implements E-divisive: D. S. Matteson & N. A. James, "A nonparametric approach for multiple change point analysis of
 * multivariate data", JASA 109 (2014). The method assumes neither a number of changes nor a distribution of values. The
 * method splits the series where the energy distance between the two parts is largest, and then splits each part in the
 * same way, while splits are significant. To test a split, the values within each segment are shuffled 999 times. The
 * split is significant if the best split of every shuffled series has a lower statistic. The seed is fixed, so that the
 * same series always has the same changes. Finally, each change moves to the position at which the segments before and
 * after the change differ most. Without this step, a recent change would be reported too early, because the search
 * keeps a minimum segment length between a change and the end of the series.
 *
 * @returns the index of the first value after each change, in ascending order
 */
export function changePoints(values: readonly number[]): number[] {
  const skipped = Math.max(0, values.length - MAX_SERIES_LENGTH);
  const series = Float64Array.from(values.slice(skipped));
  const random = seededRandom(SEED);
  let segments = [segmentOf(series, 0)];
  for (;;) {
    const candidate = segments.reduce((a, b) => (b.best.statistic > a.best.statistic ? b : a));
    if (!isSignificant(segments, candidate.best.statistic, random)) break;
    segments = segments.flatMap((segment) => (segment === candidate ? splitSegment(segment) : [segment]));
  }
  const edges = [...segments.map(({ from }) => from), series.length];
  return refinedChanges(series, edges).map((index) => skipped + index);
}

function segmentOf(values: Float64Array, from: number): SeriesSegment {
  return { from, values, best: bestSplit(values, MIN_SEGMENT_LENGTH) };
}

function splitSegment({ from, values, best: { index } }: SeriesSegment): SeriesSegment[] {
  return [segmentOf(values.subarray(0, index), from), segmentOf(values.subarray(index), from + index)];
}

/** Tolerance when comparing floating-point sums, which depend on the order of the values. */
const ROUNDING = 1e-9;

function isSignificant(segments: readonly SeriesSegment[], statistic: number, random: Random): boolean {
  if (statistic <= 0) return false;
  const enough = statistic * (1 - ROUNDING);
  const shuffled = segments
    .filter(({ values }) => values.length >= 2 * MIN_SEGMENT_LENGTH)
    .map(({ values }) => values.slice());
  // Stop at the first shuffled series that can be split as well as the original. A series without a change is therefore
  // rejected after a few shuffles.
  for (let i = 0; i < PERMUTATIONS; i++)
    for (const values of shuffled) {
      shuffle(values, random);
      if (bestSplit(values, MIN_SEGMENT_LENGTH, { enough }).statistic >= enough) return false;
    }
  return true;
}

/** Shuffles the values: R. Durstenfeld, "Algorithm 235: random permutation", CACM 1964. */
function shuffle(values: Float64Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const value = values[i] as number;
    values[i] = values[j] as number;
    values[j] = value;
  }
}

/**
 * Moves each change to the best split between the previous change and the next one.
 * @param edges indexes of the start of the series, of each change, and of the end of the series
 *
 */
function refinedChanges(series: Float64Array, edges: readonly number[]): number[] {
  let from = 0;
  return edges.slice(1, -1).map((_, i) => {
    const both = series.subarray(from, edges[i + 2]);
    from += bestSplit(both, MIN_PART_LENGTH, { whole: true }).index;
    return from;
  });
}
