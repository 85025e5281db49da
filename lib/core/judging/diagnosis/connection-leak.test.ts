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

/** Connections in use under the load, and after the load. */
const inUse = (active: BySecond, afterLoad = active) => ({
  connectionsMax: () => 50,
  connectionsActive: (s: number) => (s < 0 ? 0 : s < 60 ? active(s) : afterLoad(s)),
});
const leaking: BySecond = (s) => 5 + Math.floor(s / 3);
const leakingRun = healthyRunWith({ target: inUse(leaking, () => 20) });
const five: BySecond = () => 5;

describe('connections that leak', () => {
  testDiagnosisRule(test, 'connection-leak', {
    found: {
      'a rising number in use, and not returned after the load': leakingRun,
      'not returned after a varying load': { vus: (s) => s + 1, target: inUse(leaking, () => 20) },
    },
    absent: {
      'a rising number in use, but all returned': { target: inUse(leaking, () => 0) },
      'two not returned, which may still be finishing': { target: inUse(five, () => 2) },
      'three not returned while jobs are running': {
        target: { ...inUse(five, (s) => (s < 61 ? 3 : 0)), jobsRunning: () => 3 },
      },
      'three in use in the only sample after an interrupted load, while jobs are running': {
        target: { ...inUse(() => 3), jobsRunning: () => 3 },
        silent: (s) => s > 61,
      },
      'as many after the load as before it': { target: { connectionsActive: () => 6 } },
      'no samples after the load': { target: inUse(leaking, () => 20), silent: (s) => s > 60 },
    },
  });

  test('connections that leak report when the pool will be used up', () => {
    const { recommendation, evidence } = diagnosisWithCause('connection-leak', leakingRun);
    assert.match(evidence[1]?.text ?? '', /rose by 20\.0 per minute, from 5 to 24/);
    assert.match(recommendation, /the pool of 50 will be used up in 1\.50 min/);
  });

  test('connections that leak explain the connections that are not returned', () => {
    const account = explainsAndFixable('connection-leak', leakingRun, [failedCriterion(noConnectionLeak())]);
    assert.deepEqual(account, { explains: ['connection-leak'], fixable: false });
  });

  test('connections that leak come before the exhausted pool that they lead to', () => {
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
