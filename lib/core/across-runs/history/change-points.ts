import { type Random, seededRandom } from '../../numbers/index.ts';
import { bestSplit, MIN_PART_LENGTH, type Split } from './energy-distance.ts';

/** No stretch between two changes is shorter than so many values, as far as significance goes. */
export const MIN_SEGMENT_LENGTH = 5;

/** Of a longer series only so many last values, a year of nights, are looked at: work grows with the square of them. */
export const MAX_SERIES_LENGTH = 365;

/** Orders that are tried against the one that was seen: none of them as good has a chance of 1 in 1,000. */
const PERMUTATIONS = 999;
const SEED = 1;

/** A stretch in which nothing is known to change yet. */
interface SeriesSegment {
  /** Of its first value. */
  from: number;
  values: Float64Array;
  best: Split;
}

/**
 * Where the level of a series, or its spread, changes: the index of the first value after each change, in order.
 *
 * E-divisive, of D. S. Matteson & N. A. James, "A nonparametric approach for multiple change point analysis of
 * multivariate data", JASA 109 (2014). It knows neither how many changes there are nor how values are distributed:
 * the series is split where its parts differ most by their energy distance, and the parts are split in turn, as long
 * as a split is significant. That is tested by permutation: values change places within their parts, and the best
 * split of any part must stay worse than the one that was seen, in each of 999 tries. Chance is seeded: the same
 * series has the same changes on every machine, at any time. At the end each change is moved to where the stretches
 * on both of its sides differ most: one that is younger than the shortest segment would be told too early.
 */
export function changePoints(values: readonly number[]): number[] {
  const skipped = Math.max(0, values.length - MAX_SERIES_LENGTH);
  const series = Float64Array.from(values.slice(skipped));
  const random = seededRandom(SEED);
  let segments = [segmentOf(series, 0)];
  for (;;) {
    const seen = segments.reduce((a, b) => (b.best.statistic > a.best.statistic ? b : a));
    if (!isSignificant(segments, seen.best.statistic, random)) break;
    segments = segments.flatMap((segment) => (segment === seen ? halves(segment) : [segment]));
  }
  const edges = [...segments.map(({ from }) => from), series.length];
  return moved(series, edges).map((index) => skipped + index);
}

function segmentOf(values: Float64Array, from: number): SeriesSegment {
  return { from, values, best: bestSplit(values, MIN_SEGMENT_LENGTH) };
}

function halves({ from, values, best: { index } }: SeriesSegment): SeriesSegment[] {
  return [segmentOf(values.subarray(0, index), from), segmentOf(values.subarray(index), from + index)];
}

/** Sums of many numbers differ by their order. */
const ROUNDING = 1e-9;

function isSignificant(segments: readonly SeriesSegment[], seen: number, random: Random): boolean {
  if (seen <= 0) return false;
  const enough = seen * (1 - ROUNDING);
  const shuffled = segments
    .filter(({ values }) => values.length >= 2 * MIN_SEGMENT_LENGTH)
    .map(({ values }) => values.slice());
  // The first order that is as good settles it: a series without a change is done after a few.
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
    const other = Math.floor(random() * (i + 1));
    const kept = values[i] as number;
    values[i] = values[other] as number;
    values[other] = kept;
  }
}

/** Where each change is, between the ones before and after it. @param edges of all stretches, first and last too */
function moved(series: Float64Array, edges: readonly number[]): number[] {
  let from = 0;
  return edges.slice(1, -1).map((_, i) => {
    const both = series.subarray(from, edges[i + 2]);
    from += bestSplit(both, MIN_PART_LENGTH, { whole: true }).index;
    return from;
  });
}
