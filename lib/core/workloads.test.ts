import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constantVUs, FULL_SCALE, once, rampingVUs, withProbe } from './workloads.ts';

const peak = rampingVUs([
  { phase: 'ramp-up', duration: '1m', target: 500 },
  { phase: 'hold', duration: '5m', target: 500 },
  { phase: 'ramp-down', duration: '1m', target: 0 },
]);

test('stages become phases one after the other', () => {
  assert.deepEqual(peak(FULL_SCALE).phases, [
    { name: 'ramp-up', startMs: 0, endMs: 60_000 },
    { name: 'hold', startMs: 60_000, endMs: 360_000 },
    { name: 'ramp-down', startMs: 360_000, endMs: 420_000 },
  ]);
  assert.equal(peak(FULL_SCALE).durationMs, 420_000);
  assert.equal(peak(FULL_SCALE).peakVUs, 500);
});

test('a scale shortens and lightens, and never below one second or one VU', () => {
  const scaled = peak({ time: 0.15, vus: 0.25 });
  assert.deepEqual(scaled.scenarios.load?.stages, [
    { duration: '9s', target: 125 },
    { duration: '45s', target: 125 },
    { duration: '9s', target: 0 },
  ]);
  const tiny = constantVUs({ vus: 3, duration: '10s' })({ time: 0.001, vus: 0.001 });
  assert.equal(tiny.durationMs, 1000);
  assert.equal(tiny.peakVUs, 1);
});

test('a scaled duration that is no whole second stays exact', () => {
  const scaled = constantVUs({ vus: 1, duration: '10s' })({ time: 0.123, vus: 1 });
  assert.equal(scaled.scenarios.load?.duration, '1230ms');
});

test('once is not scaled', () => {
  assert.deepEqual(
    once({ maxDuration: '1m' })({ time: 0.1, vus: 0.1 }),
    once({ maxDuration: '1m' })(FULL_SCALE),
  );
});

test('a probe runs beside the load over its whole length', () => {
  const workload = withProbe(peak, { ratePerS: 4, maxVUs: 20 })({ time: 0.5, vus: 1 });
  assert.deepEqual(Object.keys(workload.scenarios), ['load', 'probe']);
  assert.equal(workload.scenarios.probe?.duration, '3m30s');
  assert.equal(workload.peakVUs, 520);
});
