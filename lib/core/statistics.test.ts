import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histogramOf } from './histogram.ts';
import { seededRandom } from './random.ts';
import {
  fitLine,
  median,
  percentileInterval,
  ratioInterval,
  slopeInterval,
  wilsonInterval,
} from './statistics.ts';

const close = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

test('Wilson: known values, and never outside 0 to 1', () => {
  const half = wilsonInterval(50, 100);
  close(half.low, 0.4038, 1e-3);
  close(half.high, 0.5962, 1e-3);
  const none = wilsonInterval(0, 100);
  assert.equal(none.low, 0);
  close(none.high, 0.037, 1e-3);
});

test('an interval for a percentile covers the true value in about 95 of 100 samples', () => {
  const random = seededRandom(11);
  let covered = 0;
  for (let run = 0; run < 300; run++) {
    const { low, high } = percentileInterval(
      histogramOf(
        Array.from({ length: 1000 }, () => 100 * (1 + random())),
        8,
      ),
      0.95,
    );
    if (low <= 195 && 195 <= high) covered += 1;
  }
  assert.ok(covered / 300 > 0.91, `covered ${covered} of 300`);
});

test('median of odd, even and no values', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test('a line is found again, and its slope lies in its interval', () => {
  const random = seededRandom(5);
  const xs = Array.from({ length: 100 }, (_, i) => i);
  const ys = xs.map((x) => 3 + 2 * x + (random() - 0.5));
  close(fitLine(xs, ys).slope, 2, 0.01);
  const { low, high } = slopeInterval(xs, ys);
  assert.ok(low <= 2 && 2 <= high);
  assert.ok(high - low < 0.02);
});

test('a flat noisy series has a slope interval around zero', () => {
  const random = seededRandom(6);
  const xs = Array.from({ length: 60 }, (_, i) => i);
  const { low, high } = slopeInterval(
    xs,
    xs.map(() => random()),
  );
  assert.ok(low < 0 && high > 0);
});

test('a weighted mean of windows lies in its interval', () => {
  const random = seededRandom(7);
  const counts = Array.from({ length: 40 }, () => 50 + Math.floor(random() * 50));
  const sums = counts.map((n) => n * (100 + random() * 20));
  const value = sums.reduce((a, b) => a + b, 0) / counts.reduce((a, b) => a + b, 0);
  const { low, high } = ratioInterval(sums, counts);
  assert.ok(low < value && value < high);
});
