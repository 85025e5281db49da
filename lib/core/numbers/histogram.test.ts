import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  downscale,
  emptyHistogram,
  type Histogram,
  histogramOf,
  MAX_BUCKETS,
  mergeHistograms,
  quantile,
  relativeError,
} from './histogram.ts';
import { type Random, seededRandom } from './random.ts';

const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const distributions: Record<string, (random: Random) => number> = {
  uniform: (random) => 1 + random() * 999,
  lognormal: (random) => Math.exp(4 + normal(random)),
  bimodal: (random) => (random() < 0.9 ? 20 + random() * 10 : 2000 + random() * 500),
  'heavy-tailed': (random) => 10 / (1 - random()) ** 1.2,
};

/** Samples are multiples of 1/1024, so that their sum is exact in any order. */
const ROUNDING = 1024;

function samples(draw: (random: Random) => number, count: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: count }, () => Math.ceil(draw(random) * ROUNDING) / ROUNDING);
}

const sumOf = (values: Iterable<number>) => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

const QUANTILES = [0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

/** Asserts that each quantile is within one bucket of the samples around its rank. */
function assertQuantiles(histogram: Histogram, sorted: Float64Array): void {
  const error = relativeError(histogram);
  for (const q of QUANTILES) {
    const rank = q * (sorted.length - 1);
    const low = sorted[Math.floor(rank)] as number;
    const high = sorted[Math.ceil(rank)] as number;
    const value = quantile(histogram, q);
    assert.ok(
      value >= low * (1 - error) && value <= high * (1 + error),
      `q=${q}: ${value} is not between ${low} and ${high} ± ${error}`,
    );
  }
}

/** Ten million samples for all four distributions: as many as a test with 1,000 requests/s records in three hours. */
const MANY = 2_500_000;
const WINDOW = 5000;

for (const [name, draw] of Object.entries(distributions)) {
  describe(`a histogram of ${MANY} samples with a ${name} distribution`, () => {
    const values = samples(draw, MANY, 1);
    const sorted = values.toSorted();
    const windows = Array.from({ length: MANY / WINDOW }, (_, i) =>
      histogramOf(values.subarray(i * WINDOW, (i + 1) * WINDOW)),
    );
    const whole = histogramOf(values);

    test(`a histogram of a ${name} distribution has the exact count, sum, minimum and maximum`, () => {
      const { count, sum, min, max, zeroCount, counts } = whole;
      assert.deepEqual(
        { count, sum, min, max, inBuckets: zeroCount + sumOf(counts) },
        { count: MANY, sum: sumOf(values), min: sorted[0], max: sorted.at(-1), inBuckets: MANY },
      );
    });

    test(`a histogram of a ${name} distribution has quantiles within the error bound`, () => {
      assertQuantiles(whole, sorted);
    });

    test(`a histogram of a ${name} distribution equals its merged windows, whatever the merge order`, () => {
      const inSequence = windows.reduce(mergeHistograms, emptyHistogram());
      assert.deepEqual(inSequence, downscale(whole, inSequence.scale));
      const asTree = (list: Histogram[]): Histogram =>
        list.length === 1
          ? (list[0] as Histogram)
          : mergeHistograms(asTree(list.slice(0, list.length / 2)), asTree(list.slice(list.length / 2)));
      assert.deepEqual(asTree(windows.toReversed()), inSequence);
      assertQuantiles(inSequence, sorted);
    });
  });
}

describe('merging histograms of any distribution, size and scale', () => {
  const TRIPLES = 300;
  const random = seededRandom(7);
  const draws = [...Object.values(distributions), () => 0];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const randomHistogram = () => {
    const size = pick([0, 1, 2, 30, 400]);
    const scale = pick([-1, 0, 3, 5, 8, 12]);
    return size === 0 ? emptyHistogram() : histogramOf(samples(pick(draws), size, random() * 2 ** 31), scale);
  };
  const triples = Array.from(
    { length: TRIPLES },
    () => [randomHistogram(), randomHistogram(), randomHistogram()] as const,
  );

  test('merging histograms is commutative', () => {
    for (const [a, b] of triples) assert.deepEqual(mergeHistograms(a, b), mergeHistograms(b, a));
  });

  test('merging histograms is associative', () => {
    for (const [a, b, c] of triples)
      assert.deepEqual(mergeHistograms(mergeHistograms(a, b), c), mergeHistograms(a, mergeHistograms(b, c)));
  });

  test('merging histograms keeps count, sum, minimum and maximum, and at most MAX_BUCKETS buckets', () => {
    for (const parts of triples) {
      const merged = parts.reduce(mergeHistograms, emptyHistogram());
      const { count, sum, min, max, zeroCount, counts } = merged;
      assert.deepEqual(
        { count, sum, min, max, zeroCount },
        {
          count: sumOf(parts.map((part) => part.count)),
          sum: sumOf(parts.map((part) => part.sum)),
          min: Math.min(...parts.map((part) => part.min)),
          max: Math.max(...parts.map((part) => part.max)),
          zeroCount: sumOf(parts.map((part) => part.zeroCount)),
        },
      );
      assert.equal(zeroCount + sumOf(counts), count);
      assert.ok(counts.length <= MAX_BUCKETS);
    }
  });

  test('merging histograms does not modify its arguments', () => {
    for (const [a, b] of triples) {
      const before = structuredClone([a, b]);
      mergeHistograms(a, b);
      assert.deepEqual([a, b], before);
    }
  });
});

test('a histogram counts zeros separately and gives them the lowest ranks', () => {
  const histogram = histogramOf([0, 0, 0, 5]);
  assert.equal(histogram.zeroCount, 3);
  assert.equal(quantile(histogram, 0.5), 0);
  assert.equal(quantile(histogram, 1), 5);
});

test('histograms of only zeros, of a single value and of no values return valid quantiles', () => {
  assert.equal(quantile(histogramOf([0, 0]), 0.9), 0);
  assert.equal(quantile(histogramOf([7]), 0.5), 7);
  assert.ok(Number.isNaN(quantile(emptyHistogram(), 0.5)));
  assert.deepEqual(mergeHistograms(emptyHistogram(), histogramOf([1, 2])), histogramOf([1, 2]));
});

test('a histogram reduces its scale if its values are too far apart for MAX_BUCKETS', () => {
  const histogram = histogramOf([1e-3, 1e9], 8);
  assert.ok(histogram.counts.length <= MAX_BUCKETS);
  assert.equal(histogram.count, 2);
});

test('merging histograms that are far apart reduces the scale instead of adding buckets between them', () => {
  const merged = mergeHistograms(histogramOf([1e-300], 20), histogramOf([1e300], 20));
  assert.ok(merged.counts.length <= MAX_BUCKETS);
  assert.equal(sumOf(merged.counts), 2);
});

test('downscale throws if the new scale is finer', () => {
  assert.throws(() => downscale(histogramOf([1], 3), 4), /cannot be refined/);
});
