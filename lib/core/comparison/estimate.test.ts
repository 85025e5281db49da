import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Interval, mean, type Random, seededRandom, squaredDeviations, wilsonInterval } from '../numbers/index.ts';
import {
  type DifferenceEstimate,
  estimateFromIntervals,
  estimateFromRuns,
  estimateFromWindows,
  MIN_BOOTSTRAP_WINDOWS,
  NORMAL_DEGREES_OF_FREEDOM,
  pValueBeyond,
  studentTail,
  widestEstimate,
} from './estimate.ts';

const close = (actual: number | undefined, expected: number, by = 5e-4) =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= by, `${actual} is not ${expected}`);

function closeInterval(actual: Interval | undefined, [low, high]: readonly [number, number], by?: number): void {
  close(actual?.low, low, by);
  close(actual?.high, high, by);
}

describe('studentTail', () => {
  const known: [t: number, degreesOfFreedom: number, above: number][] = [
    [0, 3, 0.5],
    [12.7062, 1, 0.025],
    [4.30265, 2, 0.025],
    [3.18245, 3, 0.025],
    [2.77645, 4, 0.025],
    [4.60409, 4, 0.005],
    [2.22814, 10, 0.025],
    [3.16927, 10, 0.005],
    [1.962339, NORMAL_DEGREES_OF_FREEDOM, 0.025],
    [3.300283, NORMAL_DEGREES_OF_FREEDOM, 0.0005],
  ];
  for (const [t, degreesOfFreedom, above] of known) {
    test(`studentTail matches the table at ${t} with ${degreesOfFreedom} degrees of freedom`, () =>
      close(studentTail(t, degreesOfFreedom) / above, 1, 1e-4));
  }
});

describe('estimateFromRuns', () => {
  test("estimateFromRuns returns Student's two-sample interval", () => {
    // The means are 2 and 5 and the variance is 1, so the standard error is sqrt(2 / 3) and t is 2.776.
    const estimate = estimateFromRuns([1, 2, 3], [4, 5, 6]);
    assert.equal(estimate?.difference, 3);
    assert.equal(estimate.degreesOfFreedom, 4);
    closeInterval(estimate.interval, [0.733, 5.267], 0.005);
  });

  test('estimateFromRuns accepts a single run on one side, and uses the variance of the runs on the other side', () => {
    const estimate = estimateFromRuns([1, 2, 3], [5]);
    assert.equal(estimate?.degreesOfFreedom, 2);
    closeInterval(estimate?.interval, [3 - 4.3027 * Math.sqrt(4 / 3), 3 + 4.3027 * Math.sqrt(4 / 3)], 0.01);
  });

  test('estimateFromRuns returns null for one run per side and for a side without runs', () => {
    assert.equal(estimateFromRuns([1], [2]), null);
    assert.equal(estimateFromRuns([1, 2, 3], []), null);
  });
});

describe('estimateFromIntervals', () => {
  const known: [a: number, m: number, b: number, n: number, interval: [number, number]][] = [
    [56, 70, 48, 80, [0.0524, 0.3339]],
    [9, 10, 3, 10, [0.1705, 0.809]],
    [6, 7, 2, 7, [0.0582, 0.8062]],
    [5, 56, 0, 29, [-0.0381, 0.1926]],
    [10, 10, 0, 20, [0.6791, 1]],
  ];
  const bounded = (hits: number, trials: number) => ({
    value: hits / trials,
    ...wilsonInterval(hits, trials),
  });
  for (const [a, m, b, n, interval] of known) {
    test(`estimateFromIntervals matches Newcombe 1998, table II, method 10 for ${a}/${m} and ${b}/${n}`, () =>
      closeInterval(estimateFromIntervals(bounded(b, n), bounded(a, m)).interval, interval));
  }
});

describe('estimateFromWindows', () => {
  test('estimateFromWindows returns null with too few windows', () => {
    assert.equal(estimateFromWindows(0, Array(MIN_BOOTSTRAP_WINDOWS - 1).fill(0)), null);
    assert.ok(estimateFromWindows(0, Array(MIN_BOOTSTRAP_WINDOWS).fill(0)));
  });

  test('estimateFromWindows matches the interval of resampled blocks', () => {
    const random = seededRandom(3);
    const contributions = Array.from({ length: 40 }, normal(random));
    const [length, blocks, t] = [5, 8, 2.36462];
    const blockFrom = (start: number) =>
      mean(Array.from({ length }, (_, i) => contributions[(start + i) % contributions.length] as number));
    const drawn = Array.from({ length: 20_000 }, () =>
      mean(Array.from({ length: blocks }, () => blockFrom(Math.floor(random() * contributions.length)))),
    );
    const half = t * Math.sqrt(squaredDeviations(drawn) / drawn.length);
    closeInterval(estimateFromWindows(1, contributions)?.interval, [1 - half, 1 + half], 0.02 * half);
  });
});

test('widestEstimate combines the outer bounds of all estimates', () => {
  const first: DifferenceEstimate = { difference: 1, interval: { low: 0, high: 2 }, degreesOfFreedom: 9 };
  const second: DifferenceEstimate = { difference: 5, interval: { low: 0.5, high: 3 }, degreesOfFreedom: 4 };
  assert.deepEqual(widestEstimate([first, second]), {
    difference: 1,
    interval: { low: 0, high: 3 },
    degreesOfFreedom: 4,
  });
  assert.equal(widestEstimate([]), null);
});

describe('pValueBeyond', () => {
  const estimate: DifferenceEstimate = {
    difference: 0.3,
    interval: { low: 0.1, high: 0.4 },
    degreesOfFreedom: 4,
  };
  test('pValueBeyond is 5 % if the interval ends at the limit', () => close(pValueBeyond(estimate, 0.1), 0.05, 1e-3));
  test('pValueBeyond is lower if the limit is farther away', () => assert.ok(pValueBeyond(estimate, 0.05) < 0.05));
  test('pValueBeyond uses the bound on the side of the limit', () => {
    const mirrored = { ...estimate, difference: -0.3, interval: { low: -0.4, high: -0.1 } };
    assert.equal(pValueBeyond(mirrored, 0.05), pValueBeyond(estimate, 0.05));
  });
  test('pValueBeyond is 1 if the difference is within the limit', () => assert.equal(pValueBeyond(estimate, 0.3), 1));
  test('pValueBeyond is 0 if the estimate has no error', () =>
    assert.equal(pValueBeyond({ ...estimate, interval: { low: 0.3, high: 0.3 } }, 0.1), 0));
});

/** Standard normal values by the Box–Muller transform. */
const normal = (random: Random) => () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

describe('an interval in simulations', () => {
  const share = (trials: number, hit: () => boolean) =>
    Array.from({ length: trials }, hit).filter(Boolean).length / trials;
  const contains = (estimate: DifferenceEstimate | null, truth: number) =>
    estimate !== null && estimate.interval.low <= truth && truth <= estimate.interval.high;
  const draw = normal(seededRandom(1));
  const runs = (count: number, center: number, spread: number) =>
    Array.from({ length: count }, () => center + spread * draw());

  const designs: [reference: number, candidate: number][] = [
    [2, 2],
    [3, 3],
    [3, 1],
    [5, 5],
  ];
  for (const [reference, candidate] of designs) {
    test(`95 % of simulated intervals contain the true difference: ${reference} runs against ${candidate}`, () => {
      const coverage = share(4000, () =>
        contains(estimateFromRuns(runs(reference, 5, 0.1), runs(candidate, 5.2, 0.1)), 0.2),
      );
      close(coverage, 0.95, 0.012);
    });
  }

  const series: [windows: number, correlation: number, atLeast: number][] = [
    [12, 0, 0.93],
    [60, 0, 0.93],
    [60, 0.5, 0.88],
    [300, 0.7, 0.88],
  ];
  for (const [windows, correlation, atLeast] of series) {
    test(`at least ${100 * atLeast} % of simulated intervals contain the true value: ${windows} windows, correlation ${correlation}`, () => {
      const coverage = share(1000, () => {
        let last = draw();
        const values = Array.from({ length: windows }, () => {
          last = correlation * last + Math.sqrt(1 - correlation ** 2) * draw();
          return last;
        });
        const average = values.reduce((sum, value) => sum + value, 0) / windows;
        return contains(
          estimateFromWindows(
            average,
            values.map((value) => value - average),
          ),
          0,
        );
      });
      assert.ok(coverage >= atLeast && coverage <= 0.99, `${coverage}`);
    });
  }

  test('95 % of simulated intervals contain the true difference of rates', () => {
    const random = seededRandom(2);
    const hits = (rate: number) => Array.from({ length: 500 }, () => random() < rate).filter(Boolean).length;
    const bounded = (count: number) => ({ value: count / 500, ...wilsonInterval(count, 500) });
    const coverage = share(2000, () => contains(estimateFromIntervals(bounded(hits(0.02)), bounded(hits(0.05))), 0.03));
    close(coverage, 0.95, 0.02);
  });
});
