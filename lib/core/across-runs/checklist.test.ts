import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKLIST_CATEGORIES, type Result } from '../evidence/index.ts';
import { resultOf } from '../testing/evidence.ts';
import { checklistOf } from './checklist.ts';

const shows = (speaksFor: boolean) =>
  ({
    ...resultOf(),
    checklist: [{ category: 'transaction-safety', text: 'records', speaksFor }],
  }) satisfies Result;

test('of several runs, the one that speaks against it decides and comes first', () => {
  const safety = checklistOf([shows(true), shows(false)]).find(
    ({ category }) => category === 'transaction-safety',
  );
  assert.equal(safety?.met, false);
  assert.deepEqual(
    safety?.evidence.map(({ speaksFor }) => speaksFor),
    [false, true],
  );
});

test('there are eight categories, each asked of every run', () => {
  assert.deepEqual(
    checklistOf([]).map(({ category, met }) => [category, met]),
    CHECKLIST_CATEGORIES.map((category) => [category, null]),
  );
});
