import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowSuccessAbove } from '../../definition/index.ts';
import {
  diagnosisWithCause,
  failedCriterion,
  orderFlowRun,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

const success = failedCriterion(flowSuccessAbove('order', 0.95));

describe('a failing dependency', () => {
  testDiagnosisRule(test, 'failing-dependency', {
    found: {
      'one in five confirmations': orderFlowRun({
        confirm: { ms: 240, failed: { 'answered 429': 80 } },
      }),
      'surely more': orderFlowRun({ pay: { ms: 480, failed: { 'answered 500': 21 } } }),
    },
    absent: {
      'as many as fail on an ordinary day': orderFlowRun({
        pay: { ms: 480, failed: { 'answered 500': 5 } },
        confirm: { ms: 300, failed: { 'answered 500': 4 } },
      }),
      'more, but by chance': orderFlowRun({ pay: { ms: 480, failed: { 'answered 500': 17 } } }),
      'for a reason that a request told: that is the target itself': orderFlowRun(
        { 'take-order': { ms: 20, failed: { internal_error: 80 } } },
        { errors: [{ kind: 'server-error', reason: 'internal_error', each: () => 2 }] },
      ),
      'for the database': orderFlowRun({
        pay: { ms: 480, failed: { 'no database connection became free in time': 80 } },
      }),
    },
  });

  test('is told what a repetition would leave, and accounts for its failures', () => {
    const evidence = orderFlowRun({ confirm: { ms: 240, failed: { 'answered 429': 80 } } });
    const { recommendation, explains, fixable } = diagnosisWithCause('failing-dependency', evidence, [
      success,
    ]);
    assert.match(
      recommendation,
      /Retry-After.*: with failures by chance, 20\.0 % would become 4\.00 % with one repetition/,
    );
    assert.deepEqual([explains, fixable], [['order-success'], false]);
  });

  test('does not account for failures of which many are of another step', () => {
    const evidence = orderFlowRun({
      'take-order': { ms: 20, failed: { 'item-not-found': 40 } },
      confirm: { ms: 240, failed: { 'answered 429': 80 } },
    });
    assert.deepEqual(diagnosisWithCause('failing-dependency', evidence, [success]).explains, []);
  });
});
