import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Windows } from '../evidence/index.ts';
import { METRICS } from '../metrics/index.ts';
import { counterSeries, requestSeries, testPlan, trendSeries, windowAt } from '../testing/evidence.ts';
import { MAX_SLICES, RunTimeline } from './timeline.ts';

const { workload } = testPlan();
const plan = testPlan({
  workload: {
    ...workload,
    scenarios: { ...workload.scenarios, probe: workload.scenarios.load ?? assert.fail() },
  },
  flows: [{ name: 'order', steps: ['pay'] }],
});

const LENGTH_S = 5;

/** The i-th window: three requests of 10, 20 and 90 ms. In every fourth window, the last of them fails. */
const ordinary = (i: number) =>
  windowAt(i * LENGTH_S, [
    ...requestSeries('GET /items/:id', [10, 20], { tags: { scenario: 'load', phase: `phase ${i}` } }),
    ...requestSeries('POST /orders', [90], { failed: i % 4 === 0 ? 1 : 0, tags: { scenario: 'probe' } }),
    trendSeries(METRICS.flowDuration, [100], { flow: 'order', outcome: 'ok' }),
    trendSeries(METRICS.flowDuration, [300], { flow: 'order', outcome: 'failed', reason: `reason ${i}` }),
    counterSeries(METRICS.iterations, 3, { scenario: 'load' }),
    counterSeries(METRICS.droppedIterations, 1, { scenario: 'load' }),
    counterSeries(METRICS.vus, i),
  ]);

function timelineOf(windows: number): Windows {
  const timeline = new RunTimeline();
  for (let i = 0; i < windows; i++) timeline.add(ordinary(i));
  return timeline.columns(plan);
}

const total = (column: readonly (number | null)[] = []) => column.reduce<number>((sum, value) => sum + (value ?? 0), 0);

test('a timeline of up to MAX_SLICES windows has one slice for each window', () => {
  const columns = timelineOf(MAX_SLICES);
  assert.equal(columns.startMs.length, MAX_SLICES);
  assert.ok(columns.durationMs.every((length) => length === LENGTH_S * 1000));
});

for (const windows of [MAX_SLICES + 1, 2 * MAX_SLICES, 2 * MAX_SLICES + 1, 5 * MAX_SLICES + 3]) {
  describe(`a timeline of ${windows} windows`, () => {
    const columns = timelineOf(windows);
    const slices = columns.startMs.length;

    test(`a timeline of ${windows} windows has between half of MAX_SLICES and MAX_SLICES slices`, () => {
      assert.ok(slices <= MAX_SLICES && slices >= MAX_SLICES / 2, `${slices}`);
    });

    test(`a timeline of ${windows} windows has slices without gaps, all of the same length except the last`, () => {
      const [length = 0] = columns.durationMs;
      columns.startMs.forEach((start, i) => {
        assert.equal(start, i * length);
      });
      assert.ok(columns.durationMs.slice(0, -1).every((durationMs) => durationMs === length));
      assert.equal(total(columns.durationMs), windows * LENGTH_S * 1000);
    });

    test(`a timeline of ${windows} windows keeps all counts`, () => {
      const failed = Math.ceil(windows / 4);
      assert.equal(total(columns.requests), 3 * windows);
      assert.equal(total(columns.errors), failed);
      assert.equal(total(columns.errorsByKind['server-error']), failed);
      assert.equal(total(columns.iterations), 3 * windows);
      assert.equal(total(columns.droppedIterations), windows);
      assert.equal(total(columns.scenarios.load?.requests), 2 * windows);
      assert.equal(total(columns.scenarios.probe?.errors), failed);
      assert.equal(total(columns.flows.order?.iterations), 2 * windows);
      assert.equal(total(columns.flows.order?.succeeded), windows);
    });

    test(`a timeline of ${windows} windows merges the durations of each slice, and keeps the maximum of gauges`, () => {
      const windowsPerSlice = Math.round((columns.durationMs[0] ?? 0) / 1000 / LENGTH_S);
      assert.equal(columns.meanMs[0], 40);
      assert.equal(columns.p50Ms[0]?.toFixed(0), '20');
      assert.equal(columns.p99Ms[0]?.toFixed(0), '90');
      assert.equal(columns.flows.order?.meanMs[0], 200);
      assert.equal(columns.vus[0], windowsPerSlice - 1);
      assert.equal(columns.vus.at(-1), windows - 1);
    });

    test(`a timeline of ${windows} windows has columns of the same length`, () => {
      const lengths = (value: unknown): number[] =>
        Array.isArray(value) ? [value.length] : Object.values(value as object).flatMap(lengths);
      assert.deepEqual([...new Set(lengths(columns))], [slices]);
    });
  });
}
