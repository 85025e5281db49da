import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowDealer } from './row-dealer.ts';

test('VUs deal rows among themselves without repeating one, and start over when all are used up', () => {
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'];
  const vus = [1, 2, 3].map((vu) => rowDealer(rows, 3, () => vu));
  const dealt = Array.from({ length: 3 }, () => vus.map((next) => next()).join(''));
  assert.deepEqual(dealt, ['abc', 'def', 'abc']);
});

test('the number of a VU is asked for with its first row', () => {
  let asked = 0;
  const next = rowDealer(['a', 'b'], 1, () => {
    asked += 1;
    return 2;
  });
  assert.equal(asked, 0);
  assert.deepEqual([next(), next(), next()], ['b', 'a', 'b']);
  assert.equal(asked, 1);
});
