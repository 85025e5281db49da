import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { histogramOf } from './histogram.ts';
import { seededRandom } from './random.ts';
import {
  countInterval,
  differenceInterval,
  fitLine,
  type Interval,
  meanInterval,
  median,
  minTrials,
  percentileInterval,
  ratioInterval,
  shareInterval,
  slopeInterval,
  studentT,
  wilsonInterval,
} from './statistics.ts';

const close = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

test('wilsonInterval matches known values and stays between 0 and 1', () => {
  const half = wilsonInterval(50, 100);
  close(half.low, 0.4038, 1e-3);
  close(half.high, 0.5962, 1e-3);
  const none = wilsonInterval(0, 100);
  assert.equal(none.low, 0);
  close(none.high, 0.037, 1e-3);
  for (const trials of [1, 14, 100, 12_345]) {
    assert.equal(wilsonInterval(0, trials).low, 0);
    assert.equal(wilsonInterval(trials, trials).high, 1);
  }
});

test('minTrials is the smallest number of trials, all hits, whose interval lies above the rate', () => {
  const table: [rate: number, trials: number][] = [
    [0.5, 4],
    [0.9, 35],
    [0.95, 73],
    [0.99, 381],
  ];
  for (const [rate, trials] of table) {
    assert.equal(minTrials(rate), trials);
    assert.ok(wilsonInterval(trials, trials).low > rate);
    assert.ok(wilsonInterval(trials - 1, trials - 1).low <= rate);
  }
});

test('countInterval matches known values and is never below 0', () => {
  assert.equal(countInterval(0).low, 0);
  close(countInterval(0).high, 3.84, 0.01);
  const { low, high } = countInterval(100);
  close(low, 82.2, 0.1);
  close(high, 121.6, 0.1);
});

test('meanInterval matches the textbook value for five samples', () => {
  const values = [98, 99, 100, 101, 102];
  const { low, high } = meanInterval(histogramOf(values, 12));
  close(low, 100 - (2.776 * Math.sqrt(2.5)) / Math.sqrt(5), 0.05);
  close(high, 100 + (2.776 * Math.sqrt(2.5)) / Math.sqrt(5), 0.05);
});

test('meanInterval is exact for equal samples and includes zeros', () => {
  assert.deepEqual(meanInterval(histogramOf([7, 7, 7, 7])), { low: 7, high: 7 });
  const { low, high } = meanInterval(histogramOf([...Array(50).fill(0), ...Array(50).fill(10)]));
  close((low + high) / 2, 5, 1e-9);
  close(high - low, 2 * 1.984 * (5.025 / 10), 0.01);
});

test('meanInterval covers the true mean in about 95 of 100 cases', () => {
  const random = seededRandom(13);
  let covered = 0;
  for (let run = 0; run < 300; run++) {
    // Exponential with the mean 100.
    const values = Array.from({ length: 200 }, () => -100 * Math.log(1 - random()));
    const { low, high } = meanInterval(histogramOf(values));
    if (low <= 100 && 100 <= high) covered += 1;
  }
  assert.ok(covered / 300 > 0.9, `covered ${covered} of 300`);
});

test('percentileInterval covers the true percentile in about 95 of 100 cases', () => {
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

test('differenceInterval matches values calculated by hand, and is null for a single value', () => {
  const interval = differenceInterval([1, 2, 3, 4, 5], [6, 10]) ?? assert.fail();
  const half = 12.706 * Math.sqrt(2.5 / 5 + 8 / 2);
  close(interval.low, 5 - half, 0.01);
  close(interval.high, 5 + half, 0.01);
  assert.deepEqual(differenceInterval([1, 1], [3, 3]), { low: 2, high: 2 });
  assert.equal(differenceInterval([1], [2, 3]), null);
});

test('median handles an odd number, an even number and no values', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test('fitLine recovers a line from noisy points, and slopeInterval contains its slope', () => {
  const random = seededRandom(5);
  const xs = Array.from({ length: 100 }, (_, i) => i);
  const ys = xs.map((x) => 3 + 2 * x + (random() - 0.5));
  close(fitLine(xs, ys).slope, 2, 0.01);
  const { low, high } = slopeInterval(xs, ys);
  assert.ok(low <= 2 && 2 <= high);
  assert.ok(high - low < 0.02);
});

test('slopeInterval of flat noise contains 0', () => {
  const random = seededRandom(6);
  const xs = Array.from({ length: 60 }, (_, i) => i);
  const { low, high } = slopeInterval(
    xs,
    xs.map(() => random()),
  );
  assert.ok(low < 0 && high > 0);
});

test('ratioInterval contains the weighted mean', () => {
  const random = seededRandom(7);
  const counts = Array.from({ length: 40 }, () => 50 + Math.floor(random() * 50));
  const sums = counts.map((n) => n * (100 + random() * 20));
  const value = sums.reduce((a, b) => a + b, 0) / counts.reduce((a, b) => a + b, 0);
  const { low, high } = ratioInterval(sums, counts);
  assert.ok(low < value && value < high);
});

test("studentT matches the tables of Student's distribution", () => {
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
  assert.equal(studentT(2.9), studentT(2), 'degrees of freedom are rounded down');
  assert.equal(studentT(0.3), studentT(1));
});

test('intervals of fewer than three points are infinite', () => {
  const unknown = { low: -Infinity, high: Infinity };
  assert.deepEqual(slopeInterval([1, 2], [5, 6]), unknown);
  assert.deepEqual(ratioInterval([5, 6], [1, 1]), unknown);
  assert.deepEqual(ratioInterval([], []), unknown);
  assert.deepEqual(meanInterval(histogramOf([5, 6])), unknown);
});

test('intervals of points without deviations have a width of 0', () => {
  assert.deepEqual(slopeInterval([1, 2, 3], [5, 5, 5]), { low: 0, high: 0 });
  assert.deepEqual(ratioInterval([10, 20, 30], [1, 2, 3]), { low: 10, high: 10 });
});

describe('intervals of autocorrelated points cover the true value often enough', () => {
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

  const strengths = [
    [0, 0.9],
    [0.5, 0.85],
    [0.8, 0.78],
  ] as const;

  for (const n of [12, 20, 60]) {
    const times = Array.from({ length: n }, (_, i) => i);
    const ones = times.map(() => 1);
    for (const [correlation, minCoverage] of strengths) {
      test(`intervals of the slope and mean of ${n} points with a correlation of ${correlation}`, () => {
        const slope = covered(() => slopeInterval(times, noise(n, correlation)));
        const mean = covered(() => ratioInterval(noise(n, correlation), ones));
        assert.ok(slope >= minCoverage, `slope ${slope}`);
        assert.ok(mean >= minCoverage, `mean ${mean}`);
      });
    }
  }

  for (const n of [35, 73]) {
    for (const [correlation, minCoverage] of strengths) {
      test(`interval of a share of ${n} windows with a correlation of ${correlation}`, () => {
        const share = covered(() => {
          // Half of all normal values are positive.
          const { low, high } = shareInterval(noise(n, correlation).map((value) => value > 0));
          return { low: low - 0.5, high: high - 0.5 };
        });
        assert.ok(share >= minCoverage, `share ${share}`);
      });
    }
  }
});
