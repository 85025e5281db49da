/**
 * A base-2 exponential histogram, as defined by OpenTelemetry: at scale s, bucket i counts the values in (b^i,
 * b^(i+1)] with b = 2^(2^-s). At the same scale, two histograms merge exactly, so the histograms of windows,
 * endpoints and machines can be merged in any order.
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export interface Histogram {
  count: number;
  sum: number;
  /** Smallest and largest value; Infinity and -Infinity if the histogram is empty. */
  min: number;
  max: number;
  scale: number;
  zeroCount: number;
  /** Index of the bucket that `counts[0]` belongs to. */
  offset: number;
  counts: number[];
}

/** Limits memory to 16 bytes times this number of buckets. Buckets are narrower than 5 % for ranges up to 1:1000. */
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

/** Upper bound of the relative error of a quantile: the width of a bucket. */
export function relativeError({ scale }: Pick<Histogram, 'scale'>): number {
  return 2 ** (2 ** -scale) - 1;
}

/** The histogram of some values, which must not be negative. */
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
    const first = indexes.reduce((min, index) => Math.min(min, index));
    const last = indexes.reduce((max, index) => Math.max(max, index));
    const shift = shiftToFit(first, last);
    result.scale = scale - shift;
    result.offset = shiftedIndex(first, shift);
    result.counts = new Array<number>(shiftedIndex(last, shift) - result.offset + 1).fill(0);
    for (const [index, count] of buckets) addTo(result.counts, shiftedIndex(index, shift) - result.offset, count);
  }
  return result;
}

/**
 * The same histogram at a coarser scale. It is exact, because bucket i at scale s lies within bucket i >> 1 at scale
 * s - 1.
 * @throws RangeError if the scale is finer than that of the histogram
 */
export function downscale(histogram: Histogram, scale: number): Histogram {
  const shift = histogram.scale - scale;
  if (shift < 0) throw new RangeError(`A histogram of scale ${histogram.scale} cannot be refined to scale ${scale}.`);
  if (shift === 0 || histogram.counts.length === 0) return { ...histogram, scale };
  const offset = shiftedIndex(histogram.offset, shift);
  const last = shiftedIndex(histogram.offset + histogram.counts.length - 1, shift);
  const counts = new Array<number>(last - offset + 1).fill(0);
  histogram.counts.forEach((count, i) => {
    addTo(counts, shiftedIndex(histogram.offset + i, shift) - offset, count);
  });
  return { ...histogram, scale, offset, counts };
}

/**
 * Merges two histograms into one with the samples of both. Merging is associative and commutative; count, sum, min and
 * max are exact.
 */
export function mergeHistograms(left: Histogram, right: Histogram): Histogram {
  if (left.count === 0) return right;
  if (right.count === 0) return left;
  const scale = commonScale(left, right);
  const parts = [downscale(left, scale), downscale(right, scale)].filter(({ counts }) => counts.length > 0);
  const offset = parts.length === 0 ? 0 : Math.min(...parts.map((part) => part.offset));
  const end = Math.max(offset, ...parts.map((part) => part.offset + part.counts.length));
  const counts = new Array<number>(end - offset).fill(0);
  for (const part of parts) {
    part.counts.forEach((count, i) => {
      addTo(counts, part.offset + i - offset, count);
    });
  }
  return {
    count: left.count + right.count,
    sum: left.sum + right.sum,
    min: Math.min(left.min, right.min),
    max: Math.max(left.max, right.max),
    zeroCount: left.zeroCount + right.zeroCount,
    scale,
    offset,
    counts,
  };
}

/**
 * The value at rank q × (count - 1), the rank that k6 uses for percentiles, interpolated within its bucket. It
 * differs from the sample of that rank by at most {@link relativeError}. NaN if the histogram is empty.
 * @param q from 0 to 1
 */
export function quantile(histogram: Histogram, q: number): number {
  if (histogram.count === 0) return Number.NaN;
  return valueAtRank(histogram, q * (histogram.count - 1));
}

/** The value of the sample with a rank, from 0. Ranks outside the histogram give its smallest or largest value. */
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

/** `index >> shift`, which is also correct beyond 31 bits. */
function shiftedIndex(index: number, shift: number): number {
  return Math.floor(index / 2 ** shift);
}

function addTo(counts: number[], index: number, count: number): void {
  counts[index] = (counts[index] as number) + count;
}

/** The finest scale at which the merged histogram has at most {@link MAX_BUCKETS} buckets. */
function commonScale(left: Histogram, right: Histogram): number {
  const scale = Math.min(left.scale, right.scale);
  const [a, b] = [bucketRange(left, scale), bucketRange(right, scale)];
  return scale - shiftToFit(Math.min(a.first, b.first), Math.max(a.last, b.last));
}

/** The indexes of the first and last bucket at a coarser scale; Infinity and -Infinity if there are no buckets. */
function bucketRange({ offset, counts, scale }: Histogram, coarserScale: number): { first: number; last: number } {
  const shift = scale - coarserScale;
  return counts.length === 0
    ? { first: Infinity, last: -Infinity }
    : { first: shiftedIndex(offset, shift), last: shiftedIndex(offset + counts.length - 1, shift) };
}

/** Returns by how many steps the scale must become coarser so that a range has at most {@link MAX_BUCKETS} buckets. */
function shiftToFit(first: number, last: number): number {
  let shift = 0;
  while (shiftedIndex(last, shift) - shiftedIndex(first, shift) >= MAX_BUCKETS) shift += 1;
  return shift;
}
