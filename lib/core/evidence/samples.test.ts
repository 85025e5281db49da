import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeRows, counterRises, pointsOf, totalIncrease, typicalGapMs } from './samples.ts';

const samples = {
  atMs: [0, 1000, 2000, 4000],
  columns: { requests: [5, 7, null, 3], active: [null, 1, 2, 3] },
};

test('pointsOf returns the samples in which the column has a value', () => {
  assert.deepEqual(pointsOf(samples, 'requests'), [
    { atMs: 0, value: 5 },
    { atMs: 1000, value: 7 },
    { atMs: 4000, value: 3 },
  ]);
  assert.deepEqual(pointsOf(samples, 'nothing'), []);
  assert.deepEqual(pointsOf(undefined, 'requests'), []);
});

test('completeRows returns the samples in which all columns have a value', () => {
  assert.deepEqual(completeRows(samples, 'requests', 'active'), [
    { atMs: 1000, requests: 7, active: 1 },
    { atMs: 4000, requests: 3, active: 3 },
  ]);
});

test('typicalGapMs is the median distance between samples', () => {
  assert.equal(typicalGapMs([0, 10, 20, 50]), 10);
  assert.equal(typicalGapMs([0]), 0);
});

test('a counter that falls is treated as reset to 0', () => {
  const points = pointsOf(samples, 'requests');
  assert.deepEqual(counterRises(points), [
    { fromMs: 0, toMs: 1000, increase: 2, perS: 2, wasReset: false },
    { fromMs: 1000, toMs: 4000, increase: 3, perS: 1, wasReset: true },
  ]);
  assert.equal(totalIncrease(points), 5);
  assert.equal(totalIncrease([]), 0);
});
