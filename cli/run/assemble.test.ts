import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorRateBelow, percentileBelow } from '../../lib/core/criteria.ts';
import { METRICS } from '../../lib/core/metrics.ts';
import {
  constantStats,
  counted,
  evidenceOf,
  repeat,
  requestsTo,
  START_MS,
  summaryOf,
  testPlan,
  windowAt,
} from '../../lib/core/testing.ts';
import type { Window } from '../../lib/core/windows.ts';
import { assemble, type Harvest } from './assemble.ts';
import { RunRecord } from './record.ts';
import type { RunSample, SampledProbe } from './sampling.ts';

const READ = 'GET /items/:id';
/** Said before k6 is started, and so a little before the load. */
const run = { ...evidenceOf().run, startedAt: new Date(START_MS - 2000).toISOString() };
const plan = testPlan({ criteria: [percentileBelow(0.95, '400ms'), errorRateBelow(0.01)] });

const windows = [
  windowAt(0, [...requestsTo(READ, repeat(500, 100), { tags: { phase: 'hold' } }), counted(METRICS.vus, 10)]),
  windowAt(5, requestsTo(READ, repeat(500, 100), { tags: { phase: 'hold' } })),
];

const recordOf = (closed: readonly Window[], samples: readonly RunSample[] = []): RunRecord => {
  const record = new RunRecord(plan);
  for (const window of closed) record.addWindow(window);
  for (const sample of samples) record.addSample(sample);
  return record;
};

const harvest = (parts: Partial<Harvest> = {}): Harvest => ({
  start: { plan, run },
  outcome: 'completed',
  outcomeReason: null,
  record: recordOf(windows),
  summary: summaryOf({ durationMs: 11_500, requests: 1000, requestDurationMs: constantStats(1000, 101) }),
  details: evidenceOf().details,
  notes: [],
  ...parts,
});

test('a run that completed is judged by its criteria, over what k6 itself counted', () => {
  const result = assemble(harvest({ notes: ['a remark'] }));
  assert.equal(result.schemaVersion, 1);
  assert.deepEqual(result.verdict, { decision: 'GO', reasons: ['all 2 criteria pass'] });
  assert.deepEqual(
    result.criteria.map(({ id, status, value }) => [id, status, value]),
    [
      ['p95', 'pass', 101],
      ['error-rate', 'pass', 0],
    ],
  );
  assert.equal(result.run.partial, false);
  assert.deepEqual(result.run.notes, ['a remark']);
  assert.equal(result.generator.requestsByK6, 1000);
  assert.equal(result.generator.vusPlanned, 10);
  assert.equal(result.fingerprint.parts.k6, 'k6 2');
});

test('the run begins with its first window, and is as long as k6 says', () => {
  const { startedAt, endedAt, durationMs } = assemble(harvest()).run;
  assert.equal(startedAt, new Date(START_MS).toISOString());
  assert.equal(endedAt, new Date(START_MS + 11_500).toISOString());
  assert.equal(durationMs, 11_500);
});

describe('without a summary', () => {
  const partial = assemble(
    harvest({ summary: null, outcome: 'crashed', outcomeReason: 'k6 was ended by SIGKILL' }),
  );

  test('the windows make a partial result, as long as they reach', () => {
    assert.equal(partial.run.partial, true);
    assert.equal(partial.run.durationMs, 10_000);
    assert.equal(partial.totals.requests, 1000);
    assert.equal(partial.totals.throughputPerS, 100);
    assert.equal(partial.totals.durationMs.p95, 100);
    assert.equal(partial.generator.requestsByK6, null);
  });

  test('the verdict says why there is none', () => {
    assert.deepEqual(partial.verdict, {
      decision: 'INVALID',
      reasons: ['the run crashed: k6 was ended by SIGKILL'],
    });
  });

  test('and without a window there is nothing, at the time at which it was started', () => {
    const { run, totals } = assemble(
      harvest({ summary: null, record: recordOf([]), outcome: 'interrupted' }),
    );
    assert.equal(run.startedAt, new Date(START_MS - 2000).toISOString());
    assert.equal(run.endedAt, run.startedAt);
    assert.equal(run.durationMs, 0);
    assert.equal(totals.requests, 0);
    assert.equal(totals.throughputPerS, 0);
  });
});

test('samples are apart by probe, in time from the first window, those of the generator by themselves', () => {
  const sample = (probe: SampledProbe, atS: number, values: Record<string, number | null>) => ({
    probe,
    atMs: START_MS + atS * 1000,
    values,
  });
  const { resources, generator } = assemble(
    harvest({
      record: recordOf(windows, [
        sample('target', -1, { heapUsedBytes: 1 }),
        sample('generator', 0, { cpuShare: null }),
        sample('target', 5, { heapUsedBytes: 2 }),
        sample('generator', 5, { cpuShare: 0.5 }),
      ]),
    }),
  );
  assert.deepEqual(resources, { target: { atMs: [-1000, 5000], columns: { heapUsedBytes: [1, 2] } } });
  assert.deepEqual(generator.samples, { atMs: [0, 5000], columns: { cpuShare: [null, 0.5] } });
});

test('a difference between what k6 and the telemetry counted makes the run invalid', () => {
  const { verdict } = assemble(harvest({ summary: summaryOf({ requests: 2000 }) }));
  assert.deepEqual(verdict, {
    decision: 'INVALID',
    reasons: ['telemetry incomplete: k6 counted 2000 requests, telemetry 1000'],
  });
});
