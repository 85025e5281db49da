import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowSuccessAbove } from '../../definition/index.ts';
import {
  diagnosisWithCause,
  failedCriterion,
  healthyRunWith,
  orderFlowRun,
  secondsBetween,
  testDiagnoses,
} from '../../testing/diagnosis.ts';

describe('an open circuit breaker', () => {
  const open = { circuitBreakerState: (s: number) => (secondsBetween(10, 50)(s) ? 2 : 0) };
  const failing = { pay: { ms: 40, failed: { 'responded with 500': 40, 'circuit breaker open': 300 } } };
  testDiagnoses(test, [
    [
      'breaker open, with blocked calls and the failures that opened it',
      orderFlowRun(failing, { target: open }),
      ['circuit-breaker-open', 'failing-dependency'],
    ],
    ['breaker open, without failures', healthyRunWith({ target: open }), ['circuit-breaker-open']],
    [
      'breaker half open',
      healthyRunWith({ target: { circuitBreakerState: (s) => (secondsBetween(10, 50)(s) ? 1 : 0) } }),
      [],
    ],
    [
      'breaker open only before the load',
      healthyRunWith({ target: { circuitBreakerState: (s) => (s < 0 ? 2 : 0) } }),
      [],
    ],
    [
      'breaker closed, while a dependency fails',
      orderFlowRun({ confirm: { ms: 240, failed: { 'responded with 429': 80 } } }),
      ['failing-dependency'],
    ],
  ]);

  test('an open circuit breaker explains the failures of the step whose calls it blocks', () => {
    const success = failedCriterion(flowSuccessAbove('order', 0.95));
    const { explains } = diagnosisWithCause('circuit-breaker-open', orderFlowRun(failing, { target: open }), [success]);
    assert.deepEqual(explains, ['order-success']);
  });
});
