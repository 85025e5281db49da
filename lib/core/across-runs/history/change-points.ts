import { type Random, seededRandom } from '../../numbers/index.ts';
import { bestSplit, MIN_PART_LENGTH, type Split } from './energy-distance.ts';

/** Minimum number of values between two changes in the significance test. */
export const MIN_SEGMENT_LENGTH = 5;

/**
 * Maximum number of values to search, one year of nightly runs, because the work grows quadratically. Only the last
 * values of a longer series are searched.
 */
export const MAX_SERIES_LENGTH = 365;

/** Permutations per significance test. If no permutation beats the observed order, p is 1 in 1,000. */
const PERMUTATIONS = 999;
const SEED = 1;

/** Consecutive values without a known change between them. */
interface SeriesSegment {
  /** Index of the first value. */
  from: number;
  values: Float64Array;
  best: Split;
}

/**
 * Finds the points at which the level or the spread of a series changes.
 *
 * Implements E-divisive: D. S. Matteson & N. A. James, "A nonparametric approach for multiple change point analysis of
 * multivariate data", JASA 109 (2014). The method assumes neither a number of changes nor a distribution of values. It
 * splits the series where the two parts differ most by their energy distance, then splits the parts in turn, as long as
 * a split is significant. A split is significant if it beats the best split of every one of 999 permutations of the
 * values within their segments. The seed is fixed, so that the same series always has the same changes. Finally, each
 * change moves to where the segments on both sides differ most. Otherwise, a recent change would be reported too early,
 * because the search does not place a change closer to the end than the minimum segment length.
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

/** Tolerance for floating-point sums that depend on the order of the values. */
const ROUNDING = 1e-9;

function isSignificant(segments: readonly SeriesSegment[], statistic: number, random: Random): boolean {
  if (statistic <= 0) return false;
  const enough = statistic * (1 - ROUNDING);
  const shuffled = segments
    .filter(({ values }) => values.length >= 2 * MIN_SEGMENT_LENGTH)
    .map(({ values }) => values.slice());
  // Stop at the first permutation that splits as well. If the series has no change, a few permutations are enough to
  // find one.
  for (let i = 0; i < PERMUTATIONS; i++)
    for (const values of shuffled) {
      shuffle(values, random);
      if (bestSplit(values, MIN_SEGMENT_LENGTH, { enough }).statistic >= enough) return false;
    }
  return true;
}

/** R. Durstenfeld, "Algorithm 235: random permutation", CACM 1964. */
function shuffle(values: Float64Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const value = values[i] as number;
    values[i] = values[j] as number;
    values[j] = value;
  }
}

/**
 * Moves each change to the best split between its two neighbors.
 * @param edges the changes, with the start and the end of the series
 */
function refinedChanges(series: Float64Array, edges: readonly number[]): number[] {
  let from = 0;
  return edges.slice(1, -1).map((_, i) => {
    const both = series.subarray(from, edges[i + 2]);
    from += bestSplit(both, MIN_PART_LENGTH, { whole: true }).index;
    return from;
  });
}
