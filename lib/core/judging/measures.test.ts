import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CRITERION_OF_EACH_KIND, emptyEvidence, evidenceOf } from '../testing/evidence.ts';
import { judge, judgeCriterion } from './judge.ts';
import { MEASUREMENT_METHODS } from './measures.ts';

for (const [kind, make] of Object.entries(CRITERION_OF_EACH_KIND)) {
  test(`${kind} has no data in a run without measurements, and its note explains why`, () => {
    const criterion = make();
    assert.equal(criterion.measure.kind, kind);
    const judged = judgeCriterion(emptyEvidence(), criterion);
    assert.equal(judged.status, 'no data');
    assert.ok(judged.note);
    assert.equal(judge(evidenceOf(), [judged], []).decision, 'INCONCLUSIVE');
  });
}

test('there is a measurement method for every kind of criterion, and no other', () => {
  assert.deepEqual(Object.keys(MEASUREMENT_METHODS).sort(), Object.keys(CRITERION_OF_EACH_KIND).sort());
});
