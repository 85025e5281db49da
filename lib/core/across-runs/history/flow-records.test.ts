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

test('losses and rates are of all flows together, however many each run had', () => {
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
  assert.equal(stepSuccessRate([few], 'ship'), 0.9, 'of those who came to it');
  assert.ok(Number.isNaN(stepSuccessRate([few], 'nothing')));
});

test('steps are in their order, reasons by how often they were', () => {
  assert.deepEqual(stepNames([few, many]), ['fill', 'pay', 'ship']);
  assert.deepEqual(failureReasons([few, many]), ['ship: refused', 'pay: refused']);
});

test('a flow is found by its name, and gets another target', () => {
  const record = nightlyRecord(1, { flows: [few] });
  assert.deepEqual(flowsNamed([record, nightlyRecord(2)], 'order'), [few]);
  assert.deepEqual(flowsNamed([withFlowTarget(record, 0.5)], 'order'), [{ ...few, target: 0.5 }]);
});
