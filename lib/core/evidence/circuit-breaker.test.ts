import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BreakerEvent } from '../definition/index.ts';
import { breakerPeriods, timeToBreakerEvent } from './circuit-breaker.ts';

/** Creates one sample per second. */
const sampled = (...states: (number | null)[]) => ({
  atMs: states.map((_, i) => i * 1000),
  columns: { circuitBreakerState: states },
});

test('consecutive samples in the same state form a period that ends at the first sample of the next state', () => {
  assert.deepEqual(breakerPeriods(sampled(0, 0, 2, null, 2, 1, 0, 0)), [
    { state: 'closed', fromMs: 0, toMs: 2000, notBeforeMs: 0 },
    { state: 'open', fromMs: 2000, toMs: 5000, notBeforeMs: 1000 },
    { state: 'half open', fromMs: 5000, toMs: 6000, notBeforeMs: 4000 },
    { state: 'closed', fromMs: 6000, toMs: 7000, notBeforeMs: 5000 },
  ]);
  assert.deepEqual(breakerPeriods(undefined), []);
});

const cases: {
  situation: string;
  states: number[];
  event: BreakerEvent;
  expected: { ms: number; notBeforeMs: number } | null;
}[] = [
  {
    situation: 'it opens',
    states: [0, 0, 0, 2, 2, 2],
    event: 'opens',
    expected: { ms: 1000, notBeforeMs: 0 },
  },
  {
    situation: 'it was open before',
    states: [0, 2, 2, 2, 2, 2],
    event: 'opens',
    expected: { ms: 0, notBeforeMs: 0 },
  },
  { situation: 'it never opens', states: [0, 0, 0, 0, 0, 0], event: 'opens', expected: null },
  { situation: 'it opens after the phase', states: [0, 0, 0, 0, 0, 0, 2], event: 'opens', expected: null },
  {
    situation: 'it closes',
    states: [0, 2, 2, 1, 0, 0],
    event: 'recovers',
    expected: { ms: 2000, notBeforeMs: 1000 },
  },
  {
    situation: 'it closes twice, and the last time counts',
    states: [2, 2, 0, 2, 2, 0],
    event: 'recovers',
    expected: { ms: 3000, notBeforeMs: 2000 },
  },
  { situation: 'it stays open', states: [0, 2, 2, 2, 2, 2], event: 'recovers', expected: null },
  { situation: 'it is half open at the end', states: [0, 2, 2, 2, 2, 1], event: 'recovers', expected: null },
];

for (const { situation, states, event, expected } of cases) {
  test(`time until the breaker opens or recovers within a phase: ${situation}`, () => {
    const periods = breakerPeriods(sampled(...states));
    assert.deepEqual(timeToBreakerEvent(periods, event, { startMs: 2000, endMs: 5000 }), expected);
  });
}
