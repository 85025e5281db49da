import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FULL_SCALE } from './workload.ts';
import {
  arrivalPhases,
  arrivalRamps,
  bursts,
  closedPeakVUs,
  constantArrivals,
  constantVUs,
  ladder,
  once,
  rampingVUs,
  sequential,
  withProbe,
} from './workloads.ts';

const peak = rampingVUs([
  { phase: 'ramp-up', duration: '1m', target: 500 },
  { phase: 'hold', duration: '5m', target: 500 },
  { phase: 'ramp-down', duration: '1m', target: 0 },
]);

test('rampingVUs turns its stages into consecutive phases', () => {
  assert.deepEqual(peak(FULL_SCALE).phases, [
    { name: 'ramp-up', startMs: 0, endMs: 60_000, offered: { unit: 'VUs', from: 0, to: 500 } },
    { name: 'hold', startMs: 60_000, endMs: 360_000, offered: { unit: 'VUs', from: 500, to: 500 } },
    { name: 'ramp-down', startMs: 360_000, endMs: 420_000, offered: { unit: 'VUs', from: 500, to: 0 } },
  ]);
  assert.equal(peak(FULL_SCALE).durationMs, 420_000);
  assert.equal(peak(FULL_SCALE).peakVUs, 500);
});

test('scales reduce durations and VUs to no less than one second and one VU', () => {
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

test('scaling keeps fractions of a second in a duration', () => {
  const scaled = constantVUs({ vus: 1, duration: '10s' })({ time: 0.123, vus: 1 });
  assert.equal(scaled.scenarios.load?.duration, '1230ms');
});

test('the `once` workload ignores the time and VU scales', () => {
  assert.deepEqual(once({ maxDuration: '1m' })({ time: 0.1, vus: 0.1 }), once({ maxDuration: '1m' })(FULL_SCALE));
});

test('withProbe adds a scenario that lasts as long as the load', () => {
  const workload = withProbe(peak, { ratePerS: 4, maxVUs: 20 })({ time: 0.5, vus: 1 });
  assert.deepEqual(Object.keys(workload.scenarios), ['load', 'probe']);
  assert.equal(workload.scenarios.probe?.duration, '3m30s');
  assert.equal(workload.peakVUs, 520);
});

const namesOf = (phases: readonly { name: string }[]) => phases.map(({ name }) => name);

test('a ladder has a phase for each ramp and each rung, named by the unscaled numbers', () => {
  const workload = ladder([50, 100], { ramp: '10s', hold: '1m' })({ time: 0.5, vus: 0.1 });
  assert.deepEqual(namesOf(workload.phases), ['to-50', 'users-50', 'to-100', 'users-100']);
  assert.deepEqual(workload.phases[3]?.offered, { unit: 'VUs', from: 10, to: 10 });
  assert.deepEqual(workload.scenarios.load?.stages, [
    { duration: '5s', target: 5 },
    { duration: '30s', target: 5 },
    { duration: '5s', target: 10 },
    { duration: '30s', target: 10 },
  ]);
  assert.equal(closedPeakVUs(workload), 10);
});

test('constantArrivals is one scenario at a constant rate, with all VUs allocated in advance', () => {
  const workload = constantArrivals({ ratePerS: 50, duration: '1m', maxVUs: 200 })(FULL_SCALE);
  const { executor, rate, timeUnit, duration, preAllocatedVUs, maxVUs } = workload.scenarios.load ?? {};
  assert.deepEqual(
    [executor, rate, timeUnit, duration, preAllocatedVUs, maxVUs],
    ['constant-arrival-rate', 50, '1s', '1m', 200, 200],
  );
  assert.deepEqual([workload.model, workload.peakVUs, closedPeakVUs(workload)], ['open', 200, 0]);
});

test('a fractional rate per second becomes a rate per minute', () => {
  const scaled = constantArrivals({ ratePerS: 50, duration: '1m', maxVUs: 200 })({ time: 1, vus: 0.25 });
  const { rate, timeUnit, maxVUs } = scaled.scenarios.load ?? {};
  assert.deepEqual([rate, timeUnit, maxVUs], [750, '1m', 50]);
  assert.deepEqual(scaled.phases[0]?.offered, { unit: 'perSecond', from: 12.5, to: 12.5 });
  const tiny = constantArrivals({ ratePerS: 1, duration: '1m', maxVUs: 30 })({ time: 1, vus: 0.001 });
  assert.deepEqual([tiny.scenarios.load?.rate, tiny.scenarios.load?.maxVUs], [1, 10]);
});

test('arrivalPhases jumps from rate to rate', () => {
  const workload = arrivalPhases(
    [
      { phase: 'warm-up', duration: '1m', ratePerS: 10 },
      { phase: 'sustained', duration: '5m', ratePerS: 50 },
      { phase: 'cool-down', duration: '1m', ratePerS: 10 },
    ],
    { maxVUs: 100 },
  )(FULL_SCALE);
  assert.equal(workload.scenarios.load?.executor, 'ramping-arrival-rate');
  assert.equal(workload.scenarios.load?.startRate, 10);
  assert.deepEqual(workload.scenarios.load?.stages, [
    { duration: '1m', target: 10 },
    { duration: '0s', target: 50 },
    { duration: '5m', target: 50 },
    { duration: '0s', target: 10 },
    { duration: '1m', target: 10 },
  ]);
  assert.deepEqual(workload.phases[1], {
    name: 'sustained',
    startMs: 60_000,
    endMs: 360_000,
    offered: { unit: 'perSecond', from: 50, to: 50 },
  });
});

test('arrivalRamps adds no jump between two ramps if the second starts at the final rate of the first', () => {
  const { scenarios, phases } = arrivalRamps(
    [
      { phase: 'to-100', duration: '1m', fromPerS: 50, toPerS: 100 },
      { phase: 'to-200', duration: '1m', fromPerS: 100, toPerS: 200 },
      { phase: 'hold', duration: '2m', fromPerS: 200, toPerS: 200 },
    ],
    { maxVUs: 500 },
  )(FULL_SCALE);
  assert.deepEqual(scenarios.load?.stages, [
    { duration: '1m', target: 100 },
    { duration: '1m', target: 200 },
    { duration: '2m', target: 200 },
  ]);
  assert.equal(scenarios.load?.startRate, 50);
  assert.deepEqual(phases[1]?.offered, { unit: 'perSecond', from: 100, to: 200 });
});

test('bursts creates one scenario per burst, each starting one pause after the previous one', () => {
  const workload = bursts(
    [
      { phase: 'agents', vus: 20 },
      { phase: 'claims', vus: 15 },
    ],
    { pause: '20s' },
  )(FULL_SCALE);
  assert.deepEqual(workload.bursts, [
    { phase: 'agents', vus: 20 },
    { phase: 'claims', vus: 15 },
  ]);
  const { agents } = workload.scenarios;
  assert.deepEqual(
    [agents?.executor, agents?.vus, agents?.iterations, agents?.startTime, agents?.maxDuration],
    ['per-vu-iterations', 20, 1, '0s', '20s'],
  );
  assert.deepEqual([workload.peakVUs, workload.durationMs, closedPeakVUs(workload)], [20, 40_000, 0]);
  const short = bursts([{ phase: 'agents', vus: 20 }], { pause: '20s' })({ time: 0.01, vus: 0.5 });
  assert.deepEqual([short.durationMs, short.scenarios.agents?.vus], [3000, 10]);
});

test('the time scale reduces the samples of sequential operations to no less than one', () => {
  const plan = sequential([
    { phase: 'health', samples: 200, within: '10s' },
    { phase: 'payment', samples: 5, within: '30s' },
  ]);
  const counts = (workload: ReturnType<typeof plan>) =>
    Object.values(workload.scenarios).map(({ vus, iterations, startTime }) => [vus, iterations, startTime]);
  assert.deepEqual(counts(plan(FULL_SCALE)), [
    [1, 200, '0s'],
    [1, 5, '10s'],
  ]);
  assert.deepEqual(counts(plan({ time: 0.1, vus: 0.1 })), [
    [1, 20, '0s'],
    [1, 1, '1s'],
  ]);
});

test('withProbe can be combined with bursts', () => {
  const workload = withProbe(bursts([{ phase: 'agents', vus: 20 }], { pause: '20s' }), {
    ratePerS: 2,
    maxVUs: 5,
  })(FULL_SCALE);
  assert.deepEqual(Object.keys(workload.scenarios), ['agents', 'probe']);
  assert.deepEqual(workload.bursts, [{ phase: 'agents', vus: 20 }]);
});
