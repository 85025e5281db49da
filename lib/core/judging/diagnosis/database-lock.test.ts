import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { percentileBelow } from '../../definition/index.ts';
import {
  diagnosisWithCause,
  failedCriterion,
  type HealthyRunChanges,
  healthyRunWith,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

/** Selects the first two of every four seconds. */
const locked = (s: number) => Math.floor(s) % 4 < 2;
/** Responses are slow in the second after the lock is released, when delayed responses arrive. */
const slow: HealthyRunChanges = { meanMs: (s) => (Math.floor(s) % 4 === 2 ? 1200 : 100) };
const waiting = (sessions: number, when = locked) => ({
  waitingForLock: (s: number) => (when(s) ? sessions : 0),
});

describe('database locks', () => {
  testDiagnosisRule(test, 'database-lock', {
    found: {
      'sessions that wait repeatedly': { ...slow, postgresql: waiting(12) },
      'sessions that wait and exhaust the pool': {
        ...slow,
        postgresql: waiting(18),
        target: {
          connectionsActive: (s) => (locked(s) ? 20 : 5),
          connectionsWaiting: (s) => (locked(s) ? 15 : 0),
          connectionTimeouts: (s) => 3 * Math.max(0, s),
        },
      },
      deadlocks: { postgresql: { deadlocks: (s) => Math.max(0, Math.floor(s / 10)) } },
    },
    absent: {
      'a single session that waits now and then': { postgresql: waiting(1) },
      'sessions that wait briefly': { postgresql: waiting(12, (s) => Math.floor(s) === 20) },
      'two deadlocks': { postgresql: { deadlocks: (s) => (s < 30 ? 0 : 2) } },
      'slow responses without waiting sessions': { ...slow },
      'database not monitored': { ...slow, postgresql: null },
    },
  });

  test('database locks explain slow responses, and are not fixable by more connections', () => {
    const evidence = healthyRunWith({ ...slow, postgresql: waiting(12) });
    const p95 = failedCriterion(percentileBelow(0.95, '400ms'));
    const { explains, fixable, ruledOut } = diagnosisWithCause('database-lock', evidence, [p95]);
    assert.deepEqual([explains, fixable], [['p95'], false]);
    assert.match(ruledOut.join(), /at most 6 of 20 connections of the database pool were in use/);
  });
});
