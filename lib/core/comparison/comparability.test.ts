import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { excerpt } from '../testing/comparison.ts';
import { reasonsNotComparable } from './comparability.ts';
import type { Excerpt } from './excerpt.ts';

const reference = excerpt({ id: 'before' });
const candidateWith = (parts: Partial<NonNullable<Excerpt['fingerprint']>>) =>
  excerpt({
    id: 'after',
    fingerprint: { ...(reference.fingerprint as NonNullable<Excerpt['fingerprint']>), ...parts },
  });

describe('reasonsNotComparable', () => {
  const cases: [title: string, candidate: Excerpt, reason: string][] = [
    [
      'a different test',
      candidateWith({ test: 'shop/spike' }),
      'the test differs: shop/peak in before; shop/spike in after',
    ],
    ['a different seed', candidateWith({ data: 'seed 2' }), 'the data differs: seed 1 in before; seed 2 in after'],
    [
      'a different scale',
      candidateWith({ scale: 'time 0.1, VUs 1' }),
      'the scale differs: time 1, VUs 1 in before; time 0.1, VUs 1 in after',
    ],
    [
      'a different major version of k6',
      candidateWith({ k6: 'k6 3' }),
      'the major version of k6 differs: k6 2 in before; k6 3 in after',
    ],
    [
      'a different workload',
      candidateWith({ workload: 'x' }),
      'the workload (phases, VUs, mix of endpoints, steps of flows) differs: w in before; x in after',
    ],
  ];
  for (const [title, candidate, reason] of cases)
    test(`reasonsNotComparable reports ${title}`, () =>
      assert.deepEqual(reasonsNotComparable([reference], [candidate]), [reason]));

  test('reasonsNotComparable reports each of several differences', () =>
    assert.equal(reasonsNotComparable([reference], [candidateWith({ data: 'seed 2', k6: 'k6 3' })]).length, 2));

  test('reasonsNotComparable does not report a different workload if the scale differs', () =>
    assert.equal(
      reasonsNotComparable([reference], [candidateWith({ scale: 'time 0.1, VUs 1', workload: 'x' })]).length,
      1,
    ));

  test('reasonsNotComparable reports differences between runs of the same side', () => {
    assert.deepEqual(reasonsNotComparable([reference, candidateWith({ data: 'seed 2' })], []), [
      'the data differs: seed 1 in before; seed 2 in after',
    ]);
  });
});

test('runs with equal fingerprints can be compared, and so can runs without one', () => {
  assert.deepEqual(reasonsNotComparable([reference], [candidateWith({})]), []);
  assert.deepEqual(reasonsNotComparable([reference], [excerpt({ fingerprint: null })]), []);
});
