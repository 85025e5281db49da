/**
 * Base-2 exponential histograms, as OpenTelemetry defines them: at scale s, bucket i counts the values in
 * (b^i, b^(i+1)] with b = 2^(2^-s). Two of them merge exactly once both are at the same scale, so windows,
 * endpoints and machines can be added up in any order.
 */
export interface Histogram {
  count: number;
  sum: number;
  /** Smallest and largest value seen; Infinity and -Infinity while empty. */
  min: number;
  max: number;
  scale: number;
  zeroCount: number;
  /** Index of the bucket that `counts[0]` belongs to. */
  offset: number;
  counts: number[];
}

/** At most this many buckets: 16 bytes each at worst, and below 5 % of width for any range up to 1:1000. */
export const MAX_BUCKETS = 160;

const MAX_SCALE = 20;

export function emptyHistogram(): Histogram {
  return {
    count: 0,
    sum: 0,
    min: Infinity,
    max: -Infinity,
    scale: MAX_SCALE,
    zeroCount: 0,
    offset: 0,
    counts: [],
  };
}

/** The widest relative distance between a quantile and the sample it stands for: one bucket's width. */
export function relativeError({ scale }: Pick<Histogram, 'scale'>): number {
  return 2 ** (2 ** -scale) - 1;
}

/** A histogram of raw values, which must not be negative. */
export function histogramOf(values: Iterable<number>, scale = 5): Histogram {
  const buckets = new Map<number, number>();
  const result = { ...emptyHistogram(), scale };
  for (const value of values) {
    result.count += 1;
    result.sum += value;
    if (value < result.min) result.min = value;
    if (value > result.max) result.max = value;
    if (value === 0) result.zeroCount += 1;
    else {
      const index = bucketIndex(value, scale);
      buckets.set(index, (buckets.get(index) ?? 0) + 1);
    }
  }
  if (buckets.size > 0) {
    const indexes = [...buckets.keys()];
    result.offset = indexes.reduce((a, b) => Math.min(a, b));
    const last = indexes.reduce((a, b) => Math.max(a, b));
    result.counts = Array.from(
      { length: last - result.offset + 1 },
      (_, i) => buckets.get(result.offset + i) ?? 0,
    );
  }
  return fitted(result);
}

/** The same samples at a coarser scale. Exact: b^(i) at scale s is b^(i >> 1) at scale s - 1. */
export function downscale(histogram: Histogram, scale: number): Histogram {
  const shift = histogram.scale - scale;
  if (shift < 0)
    throw new RangeError(`a histogram of scale ${histogram.scale} cannot be refined to ${scale}`);
  if (shift === 0 || histogram.counts.length === 0) return { ...histogram, scale };
  const offset = shiftedIndex(histogram.offset, shift);
  const last = shiftedIndex(histogram.offset + histogram.counts.length - 1, shift);
  const counts = new Array<number>(last - offset + 1).fill(0);
  histogram.counts.forEach((count, i) => {
    const index = shiftedIndex(histogram.offset + i, shift) - offset;
    counts[index] = (counts[index] as number) + count;
  });
  return { ...histogram, scale, offset, counts };
}

/** All samples of both. Associative and commutative; count, sum, min and max are exact. */
export function mergeHistograms(left: Histogram, right: Histogram): Histogram {
  if (left.count === 0) return right;
  if (right.count === 0) return left;
  const scale = Math.min(left.scale, right.scale);
  const a = downscale(left, scale);
  const b = downscale(right, scale);
  const filled = [a, b].filter(({ counts }) => counts.length > 0);
  const offset = filled.length === 0 ? 0 : Math.min(...filled.map((h) => h.offset));
  const end = filled.length === 0 ? 0 : Math.max(...filled.map((h) => h.offset + h.counts.length));
  const counts = new Array<number>(end - offset).fill(0);
  for (const histogram of filled) {
    histogram.counts.forEach((count, i) => {
      const index = histogram.offset + i - offset;
      counts[index] = (counts[index] as number) + count;
    });
  }
  return fitted({
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    zeroCount: a.zeroCount + b.zeroCount,
    scale,
    offset,
    counts,
  });
}

/**
 * The value at rank q × (count - 1), as k6 ranks percentiles, interpolated inside its bucket.
 * Off by at most {@link relativeError} from the sample of that rank. NaN while empty.
 */
export function quantile(histogram: Histogram, q: number): number {
  if (histogram.count === 0) return Number.NaN;
  return valueAtRank(histogram, q * (histogram.count - 1));
}

/** The value of the sample with this rank, counted from 0; ranks outside are those of the ends. */
export function valueAtRank(histogram: Histogram, rank: number): number {
  if (rank <= 0) return histogram.min;
  if (rank >= histogram.count - 1) return histogram.max;
  let below = histogram.zeroCount;
  if (rank < below) return 0;
  for (let i = 0; i < histogram.counts.length; i++) {
    const inBucket = histogram.counts[i] as number;
    if (inBucket > 0 && rank < below + inBucket) {
      const position = histogram.offset + i + (rank - below + 0.5) / inBucket;
      return Math.min(histogram.max, Math.max(histogram.min, 2 ** (position * 2 ** -histogram.scale)));
    }
    below += inBucket;
  }
  return histogram.max;
}

/** Index of the bucket whose half-open range (b^i, b^(i+1)] holds the value. */
function bucketIndex(value: number, scale: number): number {
  return Math.ceil(Math.log2(value) * 2 ** scale) - 1;
}

/** Division by 2^shift, rounded down; unlike `>>` also right beyond 31 bits. */
function shiftedIndex(index: number, shift: number): number {
  return Math.floor(index / 2 ** shift);
}

/** As coarse as it must be for {@link MAX_BUCKETS}, and no coarser. */
function fitted(histogram: Histogram): Histogram {
  const last = histogram.offset + histogram.counts.length - 1;
  let shift = 0;
  while (shiftedIndex(last, shift) - shiftedIndex(histogram.offset, shift) >= MAX_BUCKETS) shift += 1;
  return downscale(histogram, histogram.scale - shift);
}
