import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { histogramOf } from './histogram.ts';
import { seededRandom } from './random.ts';
import {
  fitLine,
  type Interval,
  median,
  percentileInterval,
  ratioInterval,
  slopeInterval,
  studentT,
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

test("Student's t: the values of the tables", () => {
  const table: [freedom: number, t: number][] = [
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [120, 1.98],
  ];
  for (const [freedom, t] of table) close(studentT(freedom), t, 0.002 * t);
  assert.equal(studentT(2.9), studentT(2), 'of parts of a degree of freedom, none is taken');
  assert.equal(studentT(0.3), studentT(1));
});

test('fewer than three points say nothing of how far an estimate is off', () => {
  const unknown = { low: -Infinity, high: Infinity };
  assert.deepEqual(slopeInterval([1, 2], [5, 6]), unknown);
  assert.deepEqual(ratioInterval([5, 6], [1, 1]), unknown);
  assert.deepEqual(ratioInterval([], []), unknown);
});

test('what does not vary at all is known exactly', () => {
  assert.deepEqual(slopeInterval([1, 2, 3], [5, 5, 5]), { low: 0, high: 0 });
  assert.deepEqual(ratioInterval([10, 20, 30], [1, 2, 3]), { low: 10, high: 10 });
});

describe('how often an interval covers the true value, of neighbours that depend on each other', () => {
  const SERIES = 1000;
  const random = seededRandom(17);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  /** Autoregressive noise with the variance 1. */
  function noise(n: number, correlation: number): number[] {
    let last = normal();
    return Array.from({ length: n }, () => {
      const now = last;
      last = correlation * last + Math.sqrt(1 - correlation ** 2) * normal();
      return now;
    });
  }
  const covered = (intervalOf: () => Interval) => {
    const hits = Array.from({ length: SERIES }, intervalOf).filter(({ low, high }) => low <= 0 && 0 <= high);
    return hits.length / SERIES;
  };

  for (const n of [12, 20, 60]) {
    for (const [correlation, least] of [
      [0, 0.9],
      [0.5, 0.85],
    ] as const) {
      const times = Array.from({ length: n }, (_, i) => i);
      const ones = times.map(() => 1);
      test(`${n} points, correlated by ${correlation}`, () => {
        const slope = covered(() => slopeInterval(times, noise(n, correlation)));
        const mean = covered(() => ratioInterval(noise(n, correlation), ones));
        assert.ok(slope >= least, `slope ${slope}`);
        assert.ok(mean >= least, `mean ${mean}`);
      });
    }
  }
});
