import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CRITERION_OF_EACH_KIND, emptyEvidence, evidenceOf } from '../testing/evidence.ts';
import { judge, judgeCriterion } from './judge.ts';
import { MEASUREMENT_METHODS } from './measures.ts';

for (const [kind, make] of Object.entries(CRITERION_OF_EACH_KIND)) {
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
  assert.deepEqual(Object.keys(MEASUREMENT_METHODS).sort(), Object.keys(CRITERION_OF_EACH_KIND).sort());
});
