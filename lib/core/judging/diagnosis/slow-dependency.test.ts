import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowMeanBelow, flowPercentileBelow } from '../../definition/index.ts';
import {
  diagnosisWithCause,
  failedCriterion,
  flowWithSteps,
  healthyRunWith,
  orderFlowRun,
  secondsBetween,
  testDiagnoses,
} from '../../testing/diagnosis.ts';

const mean = flowMeanBelow('order', '5s');

describe('a slow dependency', () => {
  testDiagnoses(test, [
    [
      'a step that dominates a flow that is too slow',
      orderFlowRun({ pay: { ms: 6000 } }),
      ['slow-dependency'],
      [failedCriterion(mean)],
    ],
    [
      'a step that dominates a flow with an inconclusive criterion',
      orderFlowRun({ pay: { ms: 4700 } }),
      ['slow-dependency'],
      [{ ...failedCriterion(mean), status: 'inconclusive' }],
    ],
    [
      'a step that dominates a flow that is fast enough',
      orderFlowRun({ pay: { ms: 3000 } }),
      [],
      [{ ...failedCriterion(mean), status: 'pass' }],
    ],
    ['a step that dominates a flow without a criterion', orderFlowRun({ pay: { ms: 60_000 } }), []],
    [
      'a flow that is slow in all of its steps',
      orderFlowRun({ 'take-order': { ms: 2100 }, pay: { ms: 2000 }, confirm: { ms: 2200 } }),
      ['unknown'],
      [failedCriterion(mean)],
    ],
    [
      'a step that waits for the pool',
      orderFlowRun(
        { pay: { ms: 6000 } },
        {
          target: {
            connectionsActive: () => 20,
            connectionsWaiting: (s) => (secondsBetween(0, 60)(s) ? 40 : 0),
            connectionTimeouts: (s) => Math.max(0, s),
          },
        },
      ),
      ['database-pool-exhausted', 'slow-dependency'],
      [failedCriterion(mean)],
    ],
  ]);

  test('a slow dependency is reported for the slow flow, not for a flow with a similar name', () => {
    const flows = [
      flowWithSteps('order', { pay: { ms: 480 }, confirm: { ms: 20 } }),
      flowWithSteps('order-express', { pack: { ms: 20 }, ride: { ms: 6000 } }),
    ];
    const tooSlow = failedCriterion(flowMeanBelow('order-express', '5s'));
    const { evidence } = diagnosisWithCause('slow-dependency', healthyRunWith({ flows }), [tooSlow]);
    assert.match(evidence[0]?.text ?? '', /^ride takes .* of the time of order-express/);
  });

  test('a slow dependency gets a maximum duration, and explains a flow that would be fast without the step', () => {
    const slow = diagnosisWithCause('slow-dependency', orderFlowRun({ pay: { ms: 6000 } }), [failedCriterion(mean)]);
    assert.match(slow.recommendation, /^Reduce the duration of pay from 6000 ms to at most 4680 ms/);
    assert.deepEqual([slow.explains, slow.fixable], [['order-mean'], false]);
  });

  test('a slow dependency does not explain a flow that would also be too slow without the step', () => {
    const all = orderFlowRun({ pay: { ms: 6000 }, confirm: { ms: 5100 } });
    assert.deepEqual(diagnosisWithCause('slow-dependency', all, [failedCriterion(mean)]).explains, []);
    const slow = failedCriterion(flowPercentileBelow('order', 0.95, '10s'));
    assert.deepEqual(diagnosisWithCause('slow-dependency', all, [slow]).explains, ['order-p95']);
  });
});
