import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { percentileBelow } from '../../definition/index.ts';
import {
  diagnosisWithCause,
  explainsAndFixable,
  failedCriterion,
  type HealthyRunChanges,
  healthyRunWith,
  secondsBetween,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

const busy = secondsBetween(10, 50);
/** A CPU counter that uses the given cores in the busy period and 0.1 cores at other times. */
const cpu = (cores: number, instances = 1) => ({
  cpuSeconds: (s: number) => instances * (0.1 * s + (cores - 0.1) * Math.min(40, Math.max(0, s - 10))),
});
const lag = (seconds: number) => ({ eventLoopLagP99Seconds: (s: number) => (busy(s) ? seconds : 0.011) });
const slow: HealthyRunChanges = {
  requests: (s) => (busy(s) ? 40 : 50),
  meanMs: (s) => (busy(s) ? 900 : 100),
};
const saturated = healthyRunWith({ ...slow, target: { ...cpu(0.99), ...lag(0.4) } });

describe('a saturated CPU', () => {
  testDiagnosisRule(test, 'cpu-saturated', {
    found: {
      'a core in use, a late event loop and slow responses': saturated,
      'a core in use, without other signs': { target: cpu(0.99) },
      'a late event loop with little CPU use, and slow responses': { ...slow, target: lag(0.3) },
      'four processes using four cores': { target: cpu(0.97, 4), pm2: { online: () => 4 } },
      'all processes busy according to PM2, without a counter of the target': {
        target: { cpuSeconds: () => null },
        pm2: { online: () => 2, cpuShare: (s) => (busy(s) ? 1.95 : 0.2) },
      },
    },
    absent: {
      '80 % of a core in use': { target: cpu(0.8) },
      'a core in use for two seconds': {
        target: { cpuSeconds: (s) => 0.1 * s + Math.min(2, Math.max(0, s - 10)) },
      },
      'an event loop that is slightly late': { ...slow, target: lag(0.08) },
      'one long garbage collection': {
        target: { eventLoopLagP99Seconds: (s) => (secondsBetween(20, 22)(s) ? 0.4 : 0.011) },
      },
      'four processes using two cores': { target: cpu(0.5, 4), pm2: { online: () => 4 } },
      'CPU and event loop not measured': {
        ...slow,
        target: { cpuSeconds: () => null, eventLoopLagP99Seconds: () => null },
      },
    },
  });

  test('a saturated CPU reports how many instances the planned load needs', () => {
    // About 24 ms of CPU per request. With 800 ms of queueing, 40/s × 0.8 s = 32 of 100 users wait; without it,
    // 59/s would be sent.
    assert.match(
      diagnosisWithCause('cpu-saturated', saturated).recommendation,
      / or run 3 instances\. A request takes 24\.5 ms of CPU time, so a core serves 40\.9\/s\. The planned load of about 58\.8\/s needs 1\.44 cores/,
    );
  });

  test('a saturated CPU explains slow responses in that period, and is not fixable by configuration', () => {
    const account = explainsAndFixable('cpu-saturated', saturated, [failedCriterion(percentileBelow(0.95, '400ms'))]);
    assert.deepEqual(account, { explains: ['p95'], fixable: false });
  });
});
