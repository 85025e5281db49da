import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  diagnosisWithCause,
  healthyRunWith,
  secondsBetween,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

describe('load that was not delivered', () => {
  testDiagnosisRule(test, 'load-not-delivered', {
    found: {
      'iterations were dropped': { dropped: (s) => (secondsBetween(20, 30)(s) ? 5 : 0) },
      'too few users': { vusMax: 90 },
    },
    absent: {
      'nearly all users': { vusMax: 99 },
      'one iteration of many': { dropped: (s) => (s === 20 ? 1 : 0) },
      'too few users, of a run that was stopped': { vusMax: 90, run: { outcome: 'interrupted' } },
    },
  });

  test('is told when, and how many VUs it takes', () => {
    const dropping = healthyRunWith({ dropped: (s) => (secondsBetween(20, 30)(s) ? 60 : 0) });
    const { evidence, recommendation } = diagnosisWithCause('load-not-delivered', dropping);
    assert.deepEqual(evidence, [
      { text: '600 iterations (16.7 %) never began: no VU was free', fromMs: 20_000, toMs: 30_000 },
    ]);
    // 60/s of 100 ms each.
    assert.match(recommendation, /^Give the scenario more VUs, at least 6 for 60\.0\/s of up to 100 ms each/);
  });
});
