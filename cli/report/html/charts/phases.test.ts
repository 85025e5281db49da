import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phasesOf } from '../../../../lib/core/testing/evidence.ts';
import { namePlace, phaseAt, placedPhases } from './phases.ts';

const PHASES = phasesOf({ 'ramp-up': 10, hold: 30, 'ramp-down': 10 });

test('phases are placed in the time that is in sight, or cut to it', () => {
  assert.deepEqual(placedPhases(PHASES, { min: 0, max: 50 }), [
    { name: 'ramp-up', left: 0, width: 0.2, shaded: true },
    { name: 'hold', left: 0.2, width: 0.6000000000000001, shaded: false },
    { name: 'ramp-down', left: 0.8, width: 0.19999999999999996, shaded: true },
  ]);
  assert.deepEqual(placedPhases(PHASES, { min: 20, max: 40 }), [
    { name: 'hold', left: 0, width: 1, shaded: false },
  ]);
  assert.deepEqual(
    placedPhases(PHASES, { min: -10, max: 10 }).map(({ name, left, width }) => ({ name, left, width })),
    [{ name: 'ramp-up', left: 0.5, width: 0.5 }],
  );
});

test('a name may reach over the next phase, the last over the one before', () => {
  const placed = placedPhases(PHASES, { min: 0, max: 50 });
  assert.equal(namePlace(placed, 0), '--left: 0%; --width: 20%; --reach: 80%');
  assert.equal(namePlace(placed, 2), '--left: 80%; --width: 20%; --reach: 80%');
});

test('the phase at an instant', () => {
  const cases: [ms: number, name: string][] = [
    [-1, ''],
    [0, 'ramp-up'],
    [10, 'hold'],
    [49, 'ramp-down'],
    [50, ''],
  ];
  for (const [ms, name] of cases) assert.equal(phaseAt(PHASES, ms), name, `${ms}`);
});
