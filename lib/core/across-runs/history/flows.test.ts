import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowRecord, nightly } from '../../testing/history.ts';
import { flowsIn, lostAt, lostBy, reasonsIn, shareOf, stepSuccess, stepsIn, withTarget } from './flows.ts';

const few = flowRecord(100, { fill: 0, pay: 10, ship: 9 });
const many = flowRecord(900, { fill: 0, pay: 0, ship: 90 });

test('losses and rates are of all flows together, however many each run had', () => {
  assert.deepEqual(
    [lostAt(few, 'pay'), lostBy(few, 'ship: refused'), lostAt(few, 'nothing'), lostBy(few, 'nothing')],
    [10, 9, 0, 0],
  );
  assert.equal(
    shareOf([few, many], (flow) => lostAt(flow, 'ship')),
    0.099,
  );
  assert.equal(stepSuccess([few, many], 'pay'), 0.99);
  assert.equal(stepSuccess([few], 'ship'), 0.9, 'of those who came to it');
  assert.ok(Number.isNaN(stepSuccess([few], 'nothing')));
});

test('steps are in their order, reasons by how often they were', () => {
  assert.deepEqual(stepsIn([few, many]), ['fill', 'pay', 'ship']);
  assert.deepEqual(reasonsIn([few, many]), ['ship: refused', 'pay: refused']);
});

test('a flow is found by its name, and gets another target', () => {
  const record = nightly(1, { flows: [few] });
  assert.deepEqual(flowsIn([record, nightly(2)], 'order'), [few]);
  assert.deepEqual(flowsIn([withTarget(record, 0.5)], 'order'), [{ ...few, target: 0.5 }]);
});
