import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowRecord, nightlyRecord } from '../../testing/history.ts';
import {
  failureReasons,
  failuresAtStep,
  failuresWithReason,
  flowsNamed,
  shareOfIterations,
  stepNames,
  stepSuccessRate,
  withFlowTarget,
} from './flow-records.ts';

const few = flowRecord(100, { fill: 0, pay: 10, ship: 9 });
const many = flowRecord(900, { fill: 0, pay: 0, ship: 90 });

test('failures and rates combine all flows, weighted by their iterations', () => {
  assert.deepEqual(
    [
      failuresAtStep(few, 'pay'),
      failuresWithReason(few, 'ship: refused'),
      failuresAtStep(few, 'nothing'),
      failuresWithReason(few, 'nothing'),
    ],
    [10, 9, 0, 0],
  );
  assert.equal(
    shareOfIterations([few, many], (flow) => failuresAtStep(flow, 'ship')),
    0.099,
  );
  assert.equal(stepSuccessRate([few, many], 'pay'), 0.99);
  assert.equal(stepSuccessRate([few], 'ship'), 0.9, 'relative to the attempts of the step');
  assert.ok(Number.isNaN(stepSuccessRate([few], 'nothing')));
});

test('steps keep their order, and reasons are sorted by frequency', () => {
  assert.deepEqual(stepNames([few, many]), ['fill', 'pay', 'ship']);
  assert.deepEqual(failureReasons([few, many]), ['ship: refused', 'pay: refused']);
});

test('a flow is found by name and can get another target', () => {
  const record = nightlyRecord(1, { flows: [few] });
  assert.deepEqual(flowsNamed([record, nightlyRecord(2)], 'order'), [few]);
  assert.deepEqual(flowsNamed([withFlowTarget(record, 0.5)], 'order'), [{ ...few, target: 0.5 }]);
});
