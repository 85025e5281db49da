import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diagnosisWithCause, healthyRunWith, secondsBetween, testDiagnosisRule } from '../../testing/diagnosis.ts';

describe('load that was not delivered', () => {
  testDiagnosisRule(test, 'load-not-delivered', {
    found: {
      'iterations were dropped': { dropped: (s) => (secondsBetween(20, 30)(s) ? 5 : 0) },
      'too few VUs': { vusMax: 90 },
    },
    absent: {
      'nearly all VUs': { vusMax: 99 },
      'one dropped iteration of many': { dropped: (s) => (s === 20 ? 1 : 0) },
      'too few VUs in a run that was interrupted': { vusMax: 90, run: { outcome: 'interrupted' } },
    },
  });

  test('load that was not delivered reports the period and how many VUs are needed', () => {
    const dropping = healthyRunWith({ dropped: (s) => (secondsBetween(20, 30)(s) ? 60 : 0) });
    const { evidence, recommendation } = diagnosisWithCause('load-not-delivered', dropping);
    assert.deepEqual(evidence, [
      { text: '600 iterations (16.7 %) never started because no VU was free', fromMs: 20_000, toMs: 30_000 },
    ]);
    // 60 iterations per second of 100 ms each.
    assert.match(recommendation, /^Give the scenario more VUs \(at least 6 for 60\.0\/s of up to 100 ms each\)/);
  });
});
