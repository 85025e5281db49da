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
/** A counter that rises by as many cores meanwhile, and by a tenth of one at other times. */
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
      'a core in use alone': { target: cpu(0.99) },
      'a late event loop of little CPU, and slow responses': { ...slow, target: lag(0.3) },
      'four cores of four processes': { target: cpu(0.97, 4), pm2: { online: () => 4 } },
      'all processes of PM2, where the target tells nothing': {
        target: { cpuSeconds: () => null },
        pm2: { online: () => 2, cpuShare: (s) => (busy(s) ? 1.95 : 0.2) },
      },
    },
    absent: {
      'much of a core in use': { target: cpu(0.8) },
      'a core in use for two seconds': {
        target: { cpuSeconds: (s) => 0.1 * s + Math.min(2, Math.max(0, s - 10)) },
      },
      'an event loop that is a little late': { ...slow, target: lag(0.08) },
      'one collection of garbage that takes long': {
        target: { eventLoopLagP99Seconds: (s) => (secondsBetween(20, 22)(s) ? 0.4 : 0.011) },
      },
      'two cores of four processes': { target: cpu(0.5, 4), pm2: { online: () => 4 } },
      'nothing known of it': {
        ...slow,
        target: { cpuSeconds: () => null, eventLoopLagP99Seconds: () => null },
      },
    },
  });

  test('tells how many instances the planned load takes', () => {
    // 24 ms a request, with the edges. In 800 ms of queueing stand 40/s × 0.8 s = 32 of 100 users, without which 59/s were sent.
    assert.match(
      diagnosisWithCause('cpu-saturated', saturated).recommendation,
      /^A request takes 24\.5 ms of CPU, so that a core serves 40\.9\/s, and the planned load is about 58\.8\/s: .* or run 3 instances \(1\.44 cores/,
    );
  });

  test('accounts for responses that were slow meanwhile, and is no matter of configuration', () => {
    const account = explainsAndFixable('cpu-saturated', saturated, [
      failedCriterion(percentileBelow(0.95, '400ms')),
    ]);
    assert.deepEqual(account, { explains: ['p95'], fixable: false });
  });
});
