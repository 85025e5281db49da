import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balancedOrder } from './interleave.ts';

test('every round goes the other way', () => {
  assert.deepEqual(balancedOrder(['A', 'B'], 3), ['A', 'B', 'B', 'A', 'A', 'B']);
});

test('over an even number of rounds each is as early as the other', () => {
  const order = balancedOrder(['A', 'B'], 4);
  const places = (name: string) => order.reduce((sum, one, place) => (one === name ? sum + place : sum), 0);
  assert.equal(places('A'), places('B'));
});
