import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowDealer } from './row-dealer.ts';

test('VUs never share a row until all rows are used, and then start over', () => {
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'];
  const vus = [1, 2, 3].map((vu) => rowDealer(rows, 3, () => vu));
  const dealt = Array.from({ length: 3 }, () => vus.map((next) => next()).join(''));
  assert.deepEqual(dealt, ['abc', 'def', 'abc']);
});

test('the row dealer reads the number of a VU once, when the VU requests its first row', () => {
  let reads = 0;
  const next = rowDealer(['a', 'b'], 1, () => {
    reads += 1;
    return 2;
  });
  assert.equal(reads, 0);
  assert.deepEqual([next(), next(), next()], ['b', 'a', 'b']);
  assert.equal(reads, 1);
});
