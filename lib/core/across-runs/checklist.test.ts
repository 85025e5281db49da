import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKLIST_CATEGORIES, type Result } from '../evidence/index.ts';
import { resultOf } from '../testing/evidence.ts';
import { checklistOf } from './checklist.ts';

const resultShowing = (speaksFor: boolean) =>
  ({
    ...resultOf(),
    checklist: [{ category: 'transaction-safety', text: 'records', speaksFor }],
  }) satisfies Result;

test('evidence against a checklist category outweighs supporting evidence and is listed first', () => {
  const safety = checklistOf([resultShowing(true), resultShowing(false)]).find(
    ({ category }) => category === 'transaction-safety',
  );
  assert.equal(safety?.met, false);
  assert.deepEqual(
    safety?.evidence.map(({ speaksFor }) => speaksFor),
    [false, true],
  );
});

test('the checklist has every category, even without evidence', () => {
  assert.deepEqual(
    checklistOf([]).map(({ category, met }) => [category, met]),
    CHECKLIST_CATEGORIES.map((category) => [category, null]),
  );
});
