import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorRateBelow, noRestarts } from '../../definition/index.ts';
import {
  diagnosisWithCause,
  explainsAndFixable,
  failedCriterion,
  type HealthyRunChanges,
  healthyRunWith,
  MB,
  secondsBetween,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

const down = secondsBetween(20, 23);
const refused: HealthyRunChanges['errors'] = [
  { kind: 'connection-refused', code: '1212', each: (s) => (down(s) ? 30 : 0) },
];
const restarted = { restarts: (s: number) => (s < 23 ? 0 : 1) };
const counterReset = { cpuSeconds: (s: number) => (s < 23 ? 2 + 0.1 * s : 0.1 * (s - 22)) };

describe('a crash', () => {
  testDiagnosisRule(test, 'process-crash', {
    found: {
      'counted, with a silent probe and refused connections': {
        errors: refused,
        target: { ...restarted, ...counterReset },
        silent: down,
      },
      'counted, without other signs': { target: restarted },
      'counted only by PM2': { pm2: { restarts: (s) => (s < 23 ? 4 : 5), online: () => 2 } },
      'not counted, but the CPU counter was reset': { target: { ...counterReset, restarts: () => null } },
      'a process that does not restart': {
        errors: [{ kind: 'connection-refused', code: '1212', each: (s) => (s >= 20 ? 50 : 0) }],
        silent: (s) => s >= 20,
        target: { restarts: () => null },
      },
    },
    absent: {
      'restarts before the run': { target: { restarts: () => 7 } },
      'a few dropped connections': {
        errors: [{ kind: 'connection-reset', code: '1220', each: (s) => (s === 20 ? 2 : 0) }],
      },
      'refused connections while the target responds to its probe': { errors: refused },
      'a silent probe while requests succeed': { silent: down },
    },
  });

  test('the diagnosis of a crash gives the period as clock times', () => {
    assert.match(
      diagnosisWithCause('process-crash', healthyRunWith({ errors: refused, target: restarted, silent: down }))
        .recommendation,
      /log from 2025-01-18T14:30:19\.500Z to 2025-01-18T14:30:23\.500Z/,
    );
  });

  test('a crash explains connection errors, and is not fixable by configuration', () => {
    const criteria = [failedCriterion(errorRateBelow(0.01)), failedCriterion(noRestarts())];
    const evidence = healthyRunWith({ errors: refused, target: restarted, silent: down });
    const account = explainsAndFixable('process-crash', evidence, criteria);
    assert.deepEqual(account, { explains: ['error-rate', 'restarts'], fixable: false });
  });

  test('a crash is diagnosed with lower confidence than the memory leak that causes it', () => {
    const leaking = (s: number) => (s < 50 ? 30 + 20 * s : 30) * MB;
    const evidence = healthyRunWith({
      errors: [{ kind: 'connection-refused', code: '1212', each: (s) => (secondsBetween(50, 52)(s) ? 30 : 0) }],
      vus: (s) => (s < 50 ? 100 : 80),
      target: {
        heapUsedBytes: leaking,
        residentBytes: (s) => leaking(s) + 100 * MB,
        restarts: (s) => (s < 52 ? 0 : 1),
      },
      silent: secondsBetween(50, 52),
    });
    const leak = diagnosisWithCause('memory-leak', evidence);
    const crash = diagnosisWithCause('process-crash', evidence);
    assert.ok(leak.confidence > crash.confidence);
  });
});
