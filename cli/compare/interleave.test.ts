import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balancedOrder } from './interleave.ts';

test('balancedOrder reverses the order of the targets in every second round', () => {
  assert.deepEqual(balancedOrder(['A', 'B'], 3), ['A', 'B', 'B', 'A', 'A', 'B']);
});

test('balancedOrder gives both sides the same average position over an even number of rounds', () => {
  const order = balancedOrder(['A', 'B'], 4);
  const sumOfPositions = (name: string) =>
    order.reduce((sum, target, position) => (target === name ? sum + position : sum), 0);
  assert.equal(sumOfPositions('A'), sumOfPositions('B'));
});
