import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorRateBelow, percentileBelow } from '../../lib/core/definition/index.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';
import type { Window } from '../../lib/core/telemetry/index.ts';
import {
  constantStats,
  counterSeries,
  evidenceOf,
  RUN_START_MS,
  repeat,
  requestSeries,
  summaryWith,
  testPlan,
  windowAt,
} from '../../lib/core/testing/evidence.ts';
import { combineSamples, type RunSample, type SampledProbe } from '../probes/sampling.ts';
import { collectTelemetry } from '../telemetry/collect-telemetry.ts';
import { assembleResult, type ResultInputs } from './assemble.ts';
import { RunMeasurements } from './run-measurements.ts';
import { assertValidResult } from './schema.ts';

const READ = 'GET /items/:id';
/** The start of the run is recorded before k6 starts, so it is shortly before the start of the load. */
const run = { ...evidenceOf().run, startedAt: new Date(RUN_START_MS - 2000).toISOString() };
const plan = testPlan({ criteria: [percentileBelow(0.95, '400ms'), errorRateBelow(0.01)] });

const windows = [
  windowAt(0, [...requestSeries(READ, repeat(500, 100), { tags: { phase: 'hold' } }), counterSeries(METRICS.vus, 10)]),
  windowAt(5, requestSeries(READ, repeat(500, 100), { tags: { phase: 'hold' } })),
];

const measurementsOf = (closed: readonly Window[], samples: readonly RunSample[] = []): RunMeasurements => {
  const measurements = new RunMeasurements(plan);
  for (const window of closed) measurements.addWindow(window);
  for (const sample of samples) measurements.addSample(sample);
  return measurements;
};

const inputs = (parts: Partial<ResultInputs> = {}): ResultInputs => ({
  start: { plan, run },
  outcome: 'completed',
  outcomeReason: null,
  measurements: measurementsOf(windows),
  summary: summaryWith({ durationMs: 11_500, requests: 1000, responseTimeMs: constantStats(1000, 101) }),
  details: evidenceOf().details,
  notes: [],
  ...parts,
});

test('the criteria of a completed run are judged by the values in the k6 summary', () => {
  const result = assembleResult(inputs({ notes: ['a remark'] }));
  assert.equal(result.schemaVersion, 2);
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

test('a run starts with its first window and has the duration that k6 reports', () => {
  const { startedAt, endedAt, durationMs } = assembleResult(inputs()).run;
  assert.equal(startedAt, new Date(RUN_START_MS).toISOString());
  assert.equal(endedAt, new Date(RUN_START_MS + 11_500).toISOString());
  assert.equal(durationMs, 11_500);
});

describe('a run without a summary', () => {
  const partial = assembleResult(
    inputs({ summary: null, outcome: 'crashed', outcomeReason: 'k6 was ended by SIGKILL' }),
  );

  test('a run without a summary has a partial result from its windows', () => {
    assert.equal(partial.run.partial, true);
    assert.equal(partial.run.durationMs, 10_000);
    assert.equal(partial.totals.requests, 1000);
    assert.equal(partial.totals.throughputPerS, 100);
    assert.equal(partial.totals.responseTimeMs.p95, 100);
    assert.equal(partial.generator.requestsByK6, null);
  });

  test('a run without a summary is INVALID with the reason of the outcome', () => {
    assert.deepEqual(partial.verdict, {
      decision: 'INVALID',
      reasons: ['the run crashed: k6 was ended by SIGKILL'],
    });
  });

  test('a run without a summary and without windows has no duration and no requests', () => {
    const { run, totals } = assembleResult(
      inputs({ summary: null, measurements: measurementsOf([]), outcome: 'interrupted' }),
    );
    assert.equal(run.startedAt, new Date(RUN_START_MS - 2000).toISOString());
    assert.equal(run.endedAt, run.startedAt);
    assert.equal(run.durationMs, 0);
    assert.equal(totals.requests, 0);
    assert.equal(totals.throughputPerS, 0);
  });
});

test('samples are grouped by probe, relative to the first window, with samples of the generator kept separate', () => {
  const sample = (probe: SampledProbe, atS: number, values: Record<string, number | null>) => ({
    probe,
    atMs: RUN_START_MS + atS * 1000,
    values,
  });
  const { resources, generator } = assembleResult(
    inputs({
      measurements: measurementsOf(windows, [
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

describe('a run with several generators', () => {
  const names = ['generator-1', 'generator-2'];
  /**
   * Returns measurements of two generators, each with half of the requests. The windows of the two generators start one
   * second apart.
   */
  function mergedMeasurements(parts: readonly (readonly [name: string, startS: number])[]): RunMeasurements {
    const measurements = new RunMeasurements(plan);
    const gathering = collectTelemetry(names, 5000, (window) => measurements.addWindow(window));
    for (const [generator, startS] of parts)
      gathering.add({
        generator,
        window: windowAt(startS, [
          ...requestSeries(READ, repeat(250, 100), { tags: { phase: 'hold' } }),
          counterSeries(METRICS.vus, 5),
        ]),
      });
    gathering.finish();
    for (const atMs of [RUN_START_MS, RUN_START_MS + 5000])
      measurements.addSample({
        probe: 'generator',
        atMs,
        values: combineSamples({ 'generator-1': { cpuShare: 0.1 }, 'generator-2': { cpuShare: 0.3 } }),
      });
    return measurements;
  }
  const both = [
    ['generator-1', 0],
    ['generator-2', 1],
    ['generator-1', 5],
    ['generator-2', 6],
  ] as const;
  const [first, second] = names.map((name) => ({
    name,
    outcome: 'completed' as const,
    reason: null,
    summary: summaryWith({ durationMs: 11_500, requests: 500, vusMax: 5 }),
  }));
  if (!first || !second) throw new Error('expected two generators');

  test('a run with several generators has one result with the combined values of all generators', () => {
    const result = assembleResult(
      inputs({ summary: null, measurements: mergedMeasurements(both), generators: [first, second] }),
    );
    assert.deepEqual(result.verdict, { decision: 'GO', reasons: ['all 2 criteria pass'] });
    assert.equal(result.run.partial, false);
    assert.equal(result.run.durationMs, 11_500);
    assert.equal(result.totals.requests, 1000);
    assert.equal(result.totals.responseTimeMs.count, 1000);
    const { samples, ...generator } = result.generator;
    assert.deepEqual(generator, {
      droppedIterations: 0,
      vusMax: 10,
      vusPlanned: 10,
      requestsByK6: 1000,
      telemetryOverflowed: false,
    });
    assert.deepEqual(samples.columns, { cpuShare: [0.4, 0.4] });
    assert.deepEqual(
      result.generators?.map(({ name, requests, vusMax, samples: { columns } }) => [name, requests, vusMax, columns]),
      [
        ['generator-1', 500, 5, { cpuShare: [0.1, 0.1] }],
        ['generator-2', 500, 5, { cpuShare: [0.3, 0.3] }],
      ],
    );
    assert.match(result.criteria[0]?.note ?? '', /^from merged histograms/);
    assertValidResult(result);
  });

  test('a run with several generators has a partial result that names the generator that crashed', () => {
    const died = { ...second, outcome: 'crashed' as const, reason: 'killed', summary: null };
    const result = assembleResult(
      inputs({
        summary: null,
        outcome: 'crashed',
        outcomeReason: 'generator-2: killed',
        measurements: mergedMeasurements(both.slice(0, 3)),
        generators: [first, died],
      }),
    );
    assert.equal(result.run.partial, true);
    assert.equal(result.generator.requestsByK6, null);
    assert.deepEqual(result.verdict, {
      decision: 'INVALID',
      reasons: ['the run crashed: generator-2: killed'],
    });
  });

  test('a run with several generators counts late telemetry in full and notes the delay', () => {
    const late = [
      ...[0, 5, 10, 15, 20].map((startS) => ['generator-1', startS] as const),
      ...[0, 5, 10, 15, 20].map((startS) => ['generator-2', startS] as const),
    ];
    const { run, totals } = assembleResult(
      inputs({ summary: null, measurements: mergedMeasurements(late), generators: [first, second] }),
    );
    assert.equal(totals.requests, 2500);
    assert.deepEqual(run.notes, [
      'telemetry of generator-2 arrived late once, so charts over time show its requests later than they were sent',
    ]);
  });
});

test('a run is INVALID if k6 and the telemetry counted different numbers of requests', () => {
  const { verdict } = assembleResult(inputs({ summary: summaryWith({ requests: 2000 }) }));
  assert.deepEqual(verdict, {
    decision: 'INVALID',
    reasons: ['telemetry incomplete: k6 counted 2000 requests, but telemetry has 1000'],
  });
});
