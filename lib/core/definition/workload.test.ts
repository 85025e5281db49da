import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phaseAt } from './workload.ts';

test('phaseAt returns the current phase, or the last phase after the end of the workload', () => {
  const phases = [
    { name: 'ramp-up', endMs: 1000 },
    { name: 'hold', endMs: 5000 },
    { name: 'ramp-down', endMs: 6000 },
  ];
  const rampDown = { name: 'ramp-down', endMs: Number.POSITIVE_INFINITY };
  assert.deepEqual(phaseAt(phases, 0), phases[0]);
  assert.deepEqual(phaseAt(phases, 999), phases[0]);
  assert.deepEqual(phaseAt(phases, 1000), phases[1]);
  assert.deepEqual(phaseAt(phases, 5000), rampDown);
  assert.deepEqual(phaseAt(phases, 60_000), rampDown);
});
