import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyEvidence, evidenceOf, ONE_OF_EACH } from '../testing/evidence.ts';
import { judge, judgeCriterion } from './judge.ts';
import { METHODS } from './measures.ts';

for (const [kind, make] of Object.entries(ONE_OF_EACH)) {
  test(`${kind} of a run in which nothing was measured has no data, says why, and can't make it a GO`, () => {
    const criterion = make();
    assert.equal(criterion.measure.kind, kind);
    const one = judgeCriterion(emptyEvidence(), criterion);
    assert.equal(one.status, 'no data');
    assert.ok(one.note);
    assert.equal(judge(evidenceOf(), [one], []).decision, 'INCONCLUSIVE');
  });
}

test('there is a method for every kind, and no other', () => {
  assert.deepEqual(Object.keys(METHODS).sort(), Object.keys(ONE_OF_EACH).sort());
});
