import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { METRICS } from '../../metrics/index.ts';
import { seededRandom } from '../../numbers/index.ts';
import { RUN_START_MS, repeat, requestSeries, testPlan, windowAt } from '../../testing/evidence.ts';
import { generatorWindow } from '../../testing/generators.ts';
import { RunTally } from '../run-figures.ts';
import type { Window } from '../windows.ts';
import { MAX_WINDOWS_BEHIND, WindowMerger } from './window-merger.ts';

const WINDOW_MS = 5000;

function mergerOf(names: readonly string[]) {
  const merged: Window[] = [];
  const merger = new WindowMerger({ names, windowMs: WINDOW_MS, onWindow: (window) => merged.push(window) });
  return { merged, merger };
}

/** The start of each merged window in s, and the requests of each generator in it. */
const requestsByGenerator = (merged: readonly Window[]) =>
  merged.map(({ startMs, generators = {} }) => [
    (startMs - RUN_START_MS) / 1000,
    Object.fromEntries(Object.entries(generators).map(([name, { requests }]) => [name, requests])),
  ]);

const requestsIn = ({ series }: Window) =>
  series.reduce((sum, { metric, value = 0 }) => sum + (metric === METRICS.requests ? value : 0), 0);

test('windows of the same period are merged, whichever generator exports first', () => {
  const { merged, merger } = mergerOf(['a', 'b']);
  merger.add('a', generatorWindow(0, 10, { vus: 3 }));
  assert.equal(merged.length, 0, 'it waits for the other generator');
  merger.add('b', generatorWindow(1, 20, { vus: 4 }));
  merger.add('b', generatorWindow(6, 40));
  merger.add('a', generatorWindow(5, 30));
  assert.deepEqual(requestsByGenerator(merged), [
    [0.5, { a: 10, b: 20 }],
    [5.5, { a: 30, b: 40 }],
  ]);
  assert.deepEqual(merged.map(requestsIn), [30, 70]);
  const vus = merged[0]?.series.filter(({ metric }) => metric === METRICS.vus);
  assert.deepEqual(vus, [{ metric: METRICS.vus, tags: {}, value: 7 }], 'the sum of the VUs of both generators');
});

test('jitter, and shorter first and last windows, do not move windows to another merged window', () => {
  const { merged, merger } = mergerOf(['a', 'b']);
  merger.add('a', generatorWindow(3, 1, { lengthS: 2 }));
  merger.add('b', generatorWindow(2, 1, { lengthS: 5.3 }));
  merger.add('a', generatorWindow(5, 1, { lengthS: 5.1 }));
  merger.add('b', generatorWindow(7.3, 1, { lengthS: 4.6 }));
  merger.add('a', generatorWindow(10.1, 1, { lengthS: 3 }));
  merger.add('b', generatorWindow(11.9, 1, { lengthS: 0.3 }));
  merger.finish();
  assert.deepEqual(
    requestsByGenerator(merged).map(([, requests]) => requests),
    repeat(3, { a: 1, b: 1 }),
  );
  assert.ok(merged.every(({ generators = {} }) => Object.values(generators).every(({ late }) => !late)));
});

test('a silent generator delays the merged windows by only a few windows', () => {
  const { merged, merger } = mergerOf(['a', 'b']);
  for (let i = 0; i <= MAX_WINDOWS_BEHIND; i++) merger.add('a', generatorWindow(5 * i, 1));
  assert.deepEqual(requestsByGenerator(merged), [[0, { a: 1 }]]);
  merger.add('b', generatorWindow(5 * MAX_WINDOWS_BEHIND, 1));
  assert.equal(merged.length, MAX_WINDOWS_BEHIND + 1, 'all windows that both generators have reached');
});

test('the window merger does not wait for a generator that has ended', () => {
  const { merged, merger } = mergerOf(['a', 'b']);
  merger.add('a', generatorWindow(0, 1));
  merger.markEnded('b');
  assert.deepEqual(requestsByGenerator(merged), [[0, { a: 1 }]]);
});

test('data that arrives after its window has closed is added to the next window and marked as late', () => {
  const { merged, merger } = mergerOf(['a', 'b']);
  for (let i = 0; i <= MAX_WINDOWS_BEHIND; i++) merger.add('a', generatorWindow(5 * i, 1));
  merger.add('b', generatorWindow(0, 7));
  merger.add('b', generatorWindow(5, 1));
  merger.finish();
  assert.deepEqual(requestsByGenerator(merged).slice(0, 2), [
    [0, { a: 1 }],
    [5, { a: 1, b: 8 }],
  ]);
  assert.deepEqual(
    merged.map(({ generators }) => generators?.b?.late),
    [undefined, true, undefined, undefined],
  );
});

test('data that arrives after all generators have ended becomes a separate window', () => {
  const { merged, merger } = mergerOf(['a']);
  merger.add('a', generatorWindow(0, 1));
  merger.finish();
  merger.add('a', generatorWindow(0, 2));
  assert.deepEqual(merged.map(requestsIn), [1, 2]);
});

test('the window merger ignores windows of an unknown generator', () => {
  const { merged, merger } = mergerOf(['a']);
  assert.equal(merger.add('z', generatorWindow(0, 1)), false);
  assert.equal(merger.add('a', generatorWindow(0, 1)), true);
  assert.deepEqual(merged.map(requestsIn), [1]);
});

test('the overflow of one generator marks both that generator and the merged window', () => {
  const { merged, merger } = mergerOf(['a', 'b']);
  merger.add('a', generatorWindow(0, 1, { overflowed: true }));
  merger.add('b', generatorWindow(0, 1));
  const [window] = merged;
  assert.equal(window?.overflowed, true);
  assert.equal(window?.generators?.a?.overflowed, true);
  assert.equal(window?.generators?.b?.overflowed, false);
});

describe('merged windows contain all data, in whatever order windows arrive', () => {
  const random = seededRandom(7);
  const NAMES = ['a', 'b', 'c', 'd', 'e'];
  const LENGTH = 12;
  const plan = testPlan();
  const endpoint = plan.endpoints[0]?.name ?? assert.fail();
  const values = () => Array.from({ length: 1 + Math.floor(random() * 40) }, () => 1000 ** random());

  /** All windows of all generators, whose clocks differ, with their samples. */
  const sent = NAMES.flatMap((name, n) =>
    Array.from({ length: LENGTH }, (_, i) => {
      const samples = values();
      const failed = Math.floor(random() * samples.length);
      const window = windowAt(5 * i + n / 3, requestSeries(endpoint, samples, { failed }));
      return { name, window, samples, failed };
    }),
  );

  /** A random order of the generators, in which the windows of each generator stay in order. */
  function shuffled(): typeof sent {
    const queues = NAMES.map((name) => sent.filter((window) => window.name === name));
    const order: typeof sent = [];
    while (order.length < sent.length) {
      const next = queues[Math.floor(random() * queues.length)]?.shift();
      if (next) order.push(next);
    }
    return order;
  }

  function figuresOf(order: typeof sent) {
    const tally = new RunTally(plan);
    const merger = new WindowMerger({
      names: NAMES,
      windowMs: WINDOW_MS,
      onWindow: (window) => tally.add(window),
    });
    for (const { name, window } of order) merger.add(name, window);
    merger.finish();
    return tally.figures(null);
  }

  const whole = new RunTally(plan);
  whole.add(
    windowAt(
      0,
      sent.flatMap(({ samples, failed }) => requestSeries(endpoint, samples, { failed })),
    ),
  );
  const expected = whole.figures(null);

  for (let round = 0; round < 20; round++) {
    test(`merged windows contain all data if windows arrive in random order ${round}`, () => {
      const { totals, statuses, errors, endpoints } = figuresOf(shuffled());
      const { histogram, ...stats } = totals.durationMs;
      const { histogram: wholeHistogram, ...wholeStats } = expected.totals.durationMs;
      assert.deepEqual({ ...histogram, sum: 0 }, { ...wholeHistogram, sum: 0 }, 'the same buckets');
      for (const [name, value] of Object.entries(stats))
        assert.ok(Math.abs(value / wholeStats[name as keyof typeof wholeStats] - 1) < 1e-9, `${name}: ${value}`);
      assert.deepEqual(
        { requests: totals.requests, errors: totals.errors, statuses, by: errors.map(({ count }) => count) },
        {
          requests: expected.totals.requests,
          errors: expected.totals.errors,
          statuses: expected.statuses,
          by: expected.errors.map(({ count }) => count),
        },
      );
      assert.equal(endpoints[0]?.requests, expected.totals.requests);
    });
  }
});
