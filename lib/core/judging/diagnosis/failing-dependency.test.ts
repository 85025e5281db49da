import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowSuccessAbove } from '../../definition/index.ts';
import { diagnosisWithCause, failedCriterion, orderFlowRun, testDiagnosisRule } from '../../testing/diagnosis.ts';

const success = failedCriterion(flowSuccessAbove('order', 0.95));

describe('a failing dependency', () => {
  testDiagnosisRule(test, 'failing-dependency', {
    found: {
      'one in five confirmations fails': orderFlowRun({
        confirm: { ms: 240, failed: { 'responded with 429': 80 } },
      }),
      'a failure rate significantly above the usual one': orderFlowRun({
        pay: { ms: 480, failed: { 'responded with 500': 21 } },
      }),
    },
    absent: {
      'the usual failure rate': orderFlowRun({
        pay: { ms: 480, failed: { 'responded with 500': 5 } },
        confirm: { ms: 300, failed: { 'responded with 500': 4 } },
      }),
      'a failure rate above the usual one that may be chance': orderFlowRun({
        pay: { ms: 480, failed: { 'responded with 500': 17 } },
      }),
      'a reason that requests to the target reported as well': orderFlowRun(
        { 'take-order': { ms: 20, failed: { internal_error: 80 } } },
        { errors: [{ kind: 'server-error', reason: 'internal_error', each: () => 2 }] },
      ),
      'failures because of the database': orderFlowRun({
        pay: { ms: 480, failed: { 'no database connection became free in time': 80 } },
      }),
    },
  });

  test('the diagnosis of a failing dependency estimates the effect of a retry and explains the failed steps', () => {
    const evidence = orderFlowRun({ confirm: { ms: 240, failed: { 'responded with 429': 80 } } });
    const { recommendation, explains, fixable } = diagnosisWithCause('failing-dependency', evidence, [success]);
    assert.match(
      recommendation,
      /Retry-After.*: if failures are random, one retry reduces 20\.0 % failures to 4\.00 %/,
    );
    assert.deepEqual([explains, fixable], [['order-success'], false]);
  });

  test('a failing dependency does not explain failures if many occurred in another step', () => {
    const evidence = orderFlowRun({
      'take-order': { ms: 20, failed: { 'item-not-found': 40 } },
      confirm: { ms: 240, failed: { 'responded with 429': 80 } },
    });
    assert.deepEqual(diagnosisWithCause('failing-dependency', evidence, [success]).explains, []);
  });
});
