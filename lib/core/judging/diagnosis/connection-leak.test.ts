import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noConnectionLeak } from '../../definition/index.ts';
import {
  type BySecond,
  diagnosedCauses,
  diagnosisWithCause,
  explainsAndFixable,
  failedCriterion,
  healthyRunWith,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

/** So many are in use while there is load, and so many are left after it. */
const inUse = (active: BySecond, left = active) => ({
  connectionsMax: () => 50,
  connectionsActive: (s: number) => (s < 0 ? 0 : s < 60 ? active(s) : left(s)),
});
const leaking: BySecond = (s) => 5 + Math.floor(s / 3);
const leftOver = healthyRunWith({ target: inUse(leaking, () => 20) });
const five: BySecond = () => 5;

describe('connections that leak', () => {
  testDiagnosisRule(test, 'connection-leak', {
    found: {
      'more and more in use, and left over': leftOver,
      'left over after a load that varies': { vus: (s) => s + 1, target: inUse(leaking, () => 20) },
    },
    absent: {
      'more and more in use, and all are returned': { target: inUse(leaking, () => 0) },
      'two left over: what is asked may still be ending': { target: inUse(five, () => 2) },
      'three left over, with jobs to do': {
        target: { ...inUse(five, (s) => (s < 61 ? 3 : 0)), jobsRunning: () => 3 },
      },
      'three in use at the only look after a load that was broken off, with jobs to do': {
        target: { ...inUse(() => 3), jobsRunning: () => 3 },
        silent: (s) => s > 61,
      },
      'as many as before the load': { target: { connectionsActive: () => 6 } },
      'nobody looked after the load': { target: inUse(leaking, () => 20), silent: (s) => s > 60 },
    },
  });

  test('tell how long the pool lasts', () => {
    const { recommendation, evidence } = diagnosisWithCause('connection-leak', leftOver);
    assert.match(evidence[1]?.text ?? '', /rose by 20\.0 a minute .* from 5 to 24/);
    assert.match(recommendation, /the pool of 50 is used up 1\.50 min from now/);
  });

  test('account for the connections that are not returned', () => {
    const account = explainsAndFixable('connection-leak', leftOver, [failedCriterion(noConnectionLeak())]);
    assert.deepEqual(account, { explains: ['connection-leak'], fixable: false });
  });

  test('use up the pool in the end, and come before that', () => {
    const evidence = healthyRunWith({
      meanMs: (s) => (s < 40 ? 100 : 700),
      errors: [{ kind: 'server-error', reason: 'db_pool_timeout', each: (s) => (s < 40 ? 0 : 5) }],
      target: {
        connectionsMax: () => 20,
        connectionsActive: (s) => (s < 0 ? 0 : Math.min(20, 5 + Math.floor((3 * s) / 8))),
        connectionsWaiting: (s) => (s < 40 || s > 60 ? 0 : 30),
        connectionTimeouts: (s) => 5 * Math.min(20, Math.max(0, s - 40)),
      },
    });
    assert.deepEqual(diagnosedCauses(evidence), ['connection-leak', 'database-pool-exhausted']);
  });
});
