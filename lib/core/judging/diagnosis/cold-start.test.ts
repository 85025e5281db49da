import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { percentileBelow } from '../../definition/index.ts';
import { diagnosisWithCause, failedCriterion, healthyRunWith, testDiagnosisRule } from '../../testing/diagnosis.ts';

describe('a cold start', () => {
  testDiagnosisRule(test, 'cold-start', {
    found: {
      'the first five seconds are slow': { meanMs: (s) => (s < 5 ? 900 : 100) },
    },
    absent: {
      'the first second is a little slow': { meanMs: (s) => (s < 1 ? 140 : 100) },
      'the first second is three times as slow, but still fast': { meanMs: (s) => (s < 1 ? 40 : 10) },
      'seconds in the middle are slow': { meanMs: (s) => (20 < s && s < 25 ? 900 : 100) },
      'the first seconds and later ones are slow': { meanMs: (s) => (s % 20 < 4 ? 900 : 100) },
      'the load is higher at the start': {
        meanMs: (s) => (s < 2 ? 900 : 100),
        requests: (s) => (s < 2 ? 200 : 50),
      },
      'half of the run is slow': { meanMs: (s) => (s < 30 ? 900 : 100) },
      'later requests are fast because they are refused': {
        meanMs: (s) => (s < 5 ? 900 : 1),
        errors: [{ kind: 'client-error', code: '400', each: (s) => (s < 5 ? 0 : 40) }],
      },
      'the slow start has hardly any requests': {
        meanMs: (s) => (s < 5 ? 900 : 100),
        requests: (s) => (s < 5 ? 4 : 50),
      },
    },
  });

  test('a cold start explains slow responses only at the start', () => {
    const p95 = failedCriterion(percentileBelow(0.95, '400ms'));
    const evidence = healthyRunWith({ meanMs: (s) => (s < 5 ? 900 : 100) });
    const { explains, recommendation } = diagnosisWithCause('cold-start', evidence, [p95]);
    assert.deepEqual(explains, ['p95']);
    assert.match(recommendation, /The slow start lasted 5s\.$/);
  });
});
