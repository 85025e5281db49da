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

const samples = (draw: (random: Random) => number, n: number, seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => draw(random));
};

/** Sums of floats depend on their order in the last digits; everything else must be the same to the bit. */
const assertSame = (a: Histogram, b: Histogram) => {
  assert.ok(Math.abs(a.sum - b.sum) <= 1e-9 * Math.abs(a.sum));
  assert.deepEqual({ ...a, sum: 0 }, { ...b, sum: 0 });
};

for (const [name, draw] of Object.entries(distributions)) {
  describe(name, () => {
    test('a quantile is within one bucket of the sample of its rank', () => {
      const values = samples(draw, 20_000, 1).sort((a, b) => a - b);
      const histogram = histogramOf(values);
      for (const q of [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]) {
        const rank = q * (values.length - 1);
        const low = values[Math.floor(rank)] as number;
        const high = values[Math.ceil(rank)] as number;
        const error = relativeError(histogram);
        const value = quantile(histogram, q);
        assert.ok(
          value >= low * (1 - error) && value <= high * (1 + error),
          `q=${q}: ${value} for ${low}–${high}`,
        );
      }
    });

    test('merging is commutative and associative, and count, min and max are exact', () => {
      const [a, b, c] = [1, 2, 3].map((seed) => histogramOf(samples(draw, 500, seed), 10 - seed)) as [
        Histogram,
        Histogram,
        Histogram,
      ];
      assertSame(mergeHistograms(a, b), mergeHistograms(b, a));
      assertSame(mergeHistograms(mergeHistograms(a, b), c), mergeHistograms(a, mergeHistograms(b, c)));
      const all = [1, 2, 3].flatMap((seed) => samples(draw, 500, seed));
      const merged = mergeHistograms(mergeHistograms(a, b), c);
      assert.equal(merged.count, 1500);
      assert.equal(merged.min, Math.min(...all));
      assert.equal(merged.max, Math.max(...all));
      assert.equal(
        merged.counts.reduce((sum, n) => sum + n, 0),
        1500,
      );
    });

    test('halves merged are the whole', () => {
      const values = samples(draw, 2000, 5);
      const halves = mergeHistograms(histogramOf(values.slice(0, 1000)), histogramOf(values.slice(1000)));
      const whole = histogramOf(values);
      assertSame(halves, downscale(whole, halves.scale));
    });
  });
}

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
  assertSame(mergeHistograms(emptyHistogram(), histogramOf([1, 2])), histogramOf([1, 2]));
});

test('a range too wide for its scale is made coarser, never longer', () => {
  const histogram = histogramOf([1e-3, 1e9], 8);
  assert.ok(histogram.counts.length <= MAX_BUCKETS);
  assert.equal(histogram.count, 2);
});

test('a histogram cannot be refined', () => {
  assert.throws(() => downscale(histogramOf([1], 3), 4), /cannot be refined/);
});
