import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BreakerEvent } from '../definition/index.ts';
import { breakerPeriods, timeToBreakerEvent } from './circuit-breaker.ts';

/** A sample a second. */
const sampled = (...states: (number | null)[]) => ({
  atMs: states.map((_, i) => i * 1000),
  columns: { circuitBreakerState: states },
});

test('states are put together to stretches, up to the first sample of the next one', () => {
  assert.deepEqual(breakerPeriods(sampled(0, 0, 2, null, 2, 1, 0, 0)), [
    { state: 'closed', fromMs: 0, toMs: 2000, notBeforeMs: 0 },
    { state: 'open', fromMs: 2000, toMs: 5000, notBeforeMs: 1000 },
    { state: 'half open', fromMs: 5000, toMs: 6000, notBeforeMs: 4000 },
    { state: 'closed', fromMs: 6000, toMs: 7000, notBeforeMs: 5000 },
  ]);
  assert.deepEqual(breakerPeriods(undefined), []);
});

const cases: {
  of: string;
  states: number[];
  event: BreakerEvent;
  taken: { ms: number; notBeforeMs: number } | null;
}[] = [
  { of: 'it opens', states: [0, 0, 0, 2, 2, 2], event: 'opens', taken: { ms: 1000, notBeforeMs: 0 } },
  { of: 'it was open before', states: [0, 2, 2, 2, 2, 2], event: 'opens', taken: { ms: 0, notBeforeMs: 0 } },
  { of: 'it never opens', states: [0, 0, 0, 0, 0, 0], event: 'opens', taken: null },
  { of: 'it opens after the phase', states: [0, 0, 0, 0, 0, 0, 2], event: 'opens', taken: null },
  { of: 'it closes', states: [0, 2, 2, 1, 0, 0], event: 'recovers', taken: { ms: 2000, notBeforeMs: 1000 } },
  {
    of: 'it closes twice, and the last time counts',
    states: [2, 2, 0, 2, 2, 0],
    event: 'recovers',
    taken: { ms: 3000, notBeforeMs: 2000 },
  },
  { of: 'it stays open', states: [0, 2, 2, 2, 2, 2], event: 'recovers', taken: null },
  { of: 'it is on trial at the end', states: [0, 2, 2, 2, 2, 1], event: 'recovers', taken: null },
];

for (const { of, states, event, taken } of cases) {
  test(`within a phase: ${of}`, () => {
    const stretches = breakerPeriods(sampled(...states));
    assert.deepEqual(timeToBreakerEvent(stretches, event, { startMs: 2000, endMs: 5000 }), taken);
  });
}
