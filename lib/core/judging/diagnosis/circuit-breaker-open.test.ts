import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowSuccessAbove } from '../../definition/index.ts';
import { diagnosed, failed, orderRun, scene, tells, within } from '../../testing/diagnosis.ts';

describe('an open circuit breaker', () => {
  const open = { circuitBreakerState: (s: number) => (within(10, 50)(s) ? 2 : 0) };
  const failing = { pay: { ms: 40, failed: { 'answered 500': 40, 'circuit breaker open': 300 } } };
  tells(test, [
    [
      'and what it refused, and what opened it',
      orderRun(failing, { target: open }),
      ['circuit-breaker-open', 'failing-dependency'],
    ],
    ['and nothing else', scene({ target: open }), ['circuit-breaker-open']],
    ['half open', scene({ target: { circuitBreakerState: (s) => (within(10, 50)(s) ? 1 : 0) } }), []],
    ['before the load', scene({ target: { circuitBreakerState: (s) => (s < 0 ? 2 : 0) } }), []],
    [
      'closed, while a dependency fails',
      orderRun({ confirm: { ms: 240, failed: { 'answered 429': 80 } } }),
      ['failing-dependency'],
    ],
  ]);

  test('accounts for failures of the step that it guards', () => {
    const success = failed(flowSuccessAbove('order', 0.95));
    const { explains } = diagnosed('circuit-breaker-open', orderRun(failing, { target: open }), [success]);
    assert.deepEqual(explains, ['order-success']);
  });
});
