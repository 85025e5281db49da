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

/** Rounded so that their sums are exact in whatever order they are added up. */
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

/** A quantile is within one bucket of the samples between which its rank lies. */
function assertQuantiles(histogram: Histogram, sorted: Float64Array): void {
  const error = relativeError(histogram);
  for (const q of QUANTILES) {
    const rank = q * (sorted.length - 1);
    const low = sorted[Math.floor(rank)] as number;
    const high = sorted[Math.ceil(rank)] as number;
    const value = quantile(histogram, q);
    assert.ok(
      value >= low * (1 - error) && value <= high * (1 + error),
      `q=${q}: ${value} for ${low} to ${high}, at most ${error} off`,
    );
  }
}

/** Together ten million samples, as many as a test of 1,000 requests/s has within three hours. */
const MANY = 2_500_000;
const WINDOW = 5000;

for (const [name, draw] of Object.entries(distributions)) {
  describe(`${MANY} samples, ${name}`, () => {
    const values = samples(draw, MANY, 1);
    const sorted = values.toSorted();
    const windows = Array.from({ length: MANY / WINDOW }, (_, i) =>
      histogramOf(values.subarray(i * WINDOW, (i + 1) * WINDOW)),
    );
    const whole = histogramOf(values);

    test('count, sum, smallest and largest value are exact', () => {
      const { count, sum, min, max, zeroCount, counts } = whole;
      assert.deepEqual(
        { count, sum, min, max, inBuckets: zeroCount + sumOf(counts) },
        { count: MANY, sum: sumOf(values), min: sorted[0], max: sorted.at(-1), inBuckets: MANY },
      );
    });

    test('every quantile is within its bound', () => {
      assertQuantiles(whole, sorted);
    });

    test('windows merged are the whole, one after the other and as a tree', () => {
      const inTurn = windows.reduce(mergeHistograms, emptyHistogram());
      assert.deepEqual(inTurn, downscale(whole, inTurn.scale));
      const asTree = (some: Histogram[]): Histogram =>
        some.length === 1
          ? (some[0] as Histogram)
          : mergeHistograms(asTree(some.slice(0, some.length / 2)), asTree(some.slice(some.length / 2)));
      assert.deepEqual(asTree(windows.toReversed()), inTurn);
      assertQuantiles(inTurn, sorted);
    });
  });
}

describe('merging, of whatever distribution, size and scale,', () => {
  const TRIPLES = 300;
  const random = seededRandom(7);
  const draws = [...Object.values(distributions), () => 0];
  const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T;
  const any = () => {
    const size = pick([0, 1, 2, 30, 400]);
    const scale = pick([-1, 0, 3, 5, 8, 12]);
    return size === 0 ? emptyHistogram() : histogramOf(samples(pick(draws), size, random() * 2 ** 31), scale);
  };
  const triples = Array.from({ length: TRIPLES }, () => [any(), any(), any()] as const);

  test('is commutative', () => {
    for (const [a, b] of triples) assert.deepEqual(mergeHistograms(a, b), mergeHistograms(b, a));
  });

  test('is associative', () => {
    for (const [a, b, c] of triples)
      assert.deepEqual(mergeHistograms(mergeHistograms(a, b), c), mergeHistograms(a, mergeHistograms(b, c)));
  });

  test('keeps count, sum, smallest and largest value, and no more buckets than it may', () => {
    for (const parts of triples) {
      const merged = parts.reduce(mergeHistograms, emptyHistogram());
      const { count, sum, min, max, zeroCount, counts } = merged;
      const of = (pick: (part: Histogram) => number) => parts.map(pick);
      assert.deepEqual(
        { count, sum, min, max, zeroCount },
        {
          count: sumOf(of((part) => part.count)),
          sum: sumOf(of((part) => part.sum)),
          min: Math.min(...of((part) => part.min)),
          max: Math.max(...of((part) => part.max)),
          zeroCount: sumOf(of((part) => part.zeroCount)),
        },
      );
      assert.equal(zeroCount + sumOf(counts), count);
      assert.ok(counts.length <= MAX_BUCKETS);
    }
  });

  test('leaves what is merged as it was', () => {
    for (const [a, b] of triples) {
      const before = structuredClone([a, b]);
      mergeHistograms(a, b);
      assert.deepEqual([a, b], before);
    }
  });
});

test('zeros are counted apart and come first', () => {
  const histogram = histogramOf([0, 0, 0, 5]);
  assert.equal(histogram.zeroCount, 3);
  assert.equal(quantile(histogram, 0.5), 0);
  assert.equal(quantile(histogram, 1), 5);
});

test('only zeros, one value, and nothing', () => {
  assert.equal(quantile(histogramOf([0, 0]), 0.9), 0);
  assert.equal(quantile(histogramOf([7]), 0.5), 7);
  assert.ok(Number.isNaN(quantile(emptyHistogram(), 0.5)));
  assert.deepEqual(mergeHistograms(emptyHistogram(), histogramOf([1, 2])), histogramOf([1, 2]));
});

test('a range too wide for its scale is made coarser, never longer', () => {
  const histogram = histogramOf([1e-3, 1e9], 8);
  assert.ok(histogram.counts.length <= MAX_BUCKETS);
  assert.equal(histogram.count, 2);
});

test('two that lie far apart are made coarser before there is a bucket for all that lies between', () => {
  const merged = mergeHistograms(histogramOf([1e-300], 20), histogramOf([1e300], 20));
  assert.ok(merged.counts.length <= MAX_BUCKETS);
  assert.equal(sumOf(merged.counts), 2);
});

test('a histogram cannot be refined', () => {
  assert.throws(() => downscale(histogramOf([1], 3), 4), /cannot be refined/);
});
