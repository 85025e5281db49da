import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN_START_MS, requestSeries, testPlan, windowAt } from '../../lib/core/testing/evidence.ts';
import type { RunSample } from '../probes/sampling.ts';
import { RunMeasurements } from './run-measurements.ts';

const plan = testPlan();
const WINDOWS = 3000;

const windows = Array.from({ length: WINDOWS }, (_, i) =>
  windowAt(5 * i, requestSeries('GET /items/:id', [10, 20 + (i % 7)], { failed: i % 2, tags: { phase: 'hold' } })),
);
const samples: RunSample[] = Array.from({ length: WINDOWS + 10 }, (_, i) => ({
  probe: i % 3 === 0 ? 'generator' : 'target',
  atMs: RUN_START_MS + 5000 * (i - 2) + 17,
  values: { heapUsedBytes: i },
}));

const contentOf = (measurements: RunMeasurements) => ({
  figures: measurements.figures(null),
  samples: measurements.samplesByProbe(RUN_START_MS),
  span: measurements.span,
});

test('measurements are the same whether they come from a run in progress or from its files', () => {
  const live = new RunMeasurements(plan);
  let next = 0;
  for (const window of windows) {
    while ((samples[next]?.atMs ?? Infinity) < window.endMs) live.addSample(samples[next++] as RunSample);
    live.addWindow(window);
  }
  for (const sample of samples.slice(next)) live.addSample(sample);

  const readBack = new RunMeasurements(plan);
  for (const window of windows) readBack.addWindow(window);
  for (const sample of samples) readBack.addSample(sample);

  assert.deepEqual(contentOf(live), contentOf(readBack));
  assert.equal(live.figures(null).totals.requests, 2 * WINDOWS);
});

test('the first and the last sample of a probe are always kept', () => {
  const measurements = new RunMeasurements(plan);
  assert.deepEqual(measurements.samplesOf('target'), []);
  const ofTarget = samples.filter(({ probe }) => probe === 'target');
  for (const window of windows) measurements.addWindow(window);
  for (const sample of ofTarget) {
    measurements.addSample(sample);
    assert.equal(measurements.samplesOf('target')[0], ofTarget[0]);
  }
  assert.equal(measurements.samplesOf('target').at(-1), ofTarget.at(-1));
  assert.deepEqual(measurements.samplesOf('redis'), []);
});
