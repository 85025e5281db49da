import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { excerpt } from '../testing/comparison.ts';
import { reasonsNotComparable } from './comparability.ts';
import type { Excerpt } from './excerpt.ts';

const reference = excerpt({ id: 'before' });
const other = (parts: Partial<NonNullable<Excerpt['fingerprint']>>) =>
  excerpt({
    id: 'after',
    fingerprint: { ...(reference.fingerprint as NonNullable<Excerpt['fingerprint']>), ...parts },
  });

describe('runs that cannot be compared, and why', () => {
  const cases: [what: string, candidate: Excerpt, reason: string][] = [
    [
      'another test',
      other({ test: 'shop/spike' }),
      'the test differs: shop/peak in before; shop/spike in after',
    ],
    ['another seed', other({ data: 'seed 2' }), 'the data differs: seed 1 in before; seed 2 in after'],
    [
      'another scale',
      other({ scale: 'time 0.1, VUs 1' }),
      'the scale differs: time 1, VUs 1 in before; time 0.1, VUs 1 in after',
    ],
    ['another k6', other({ k6: 'k6 3' }), 'the major version of k6 differs: k6 2 in before; k6 3 in after'],
    [
      'another workload',
      other({ workload: 'x' }),
      'the workload (phases, VUs, mix of endpoints, steps of flows) differs: w in before; x in after',
    ],
  ];
  for (const [what, candidate, reason] of cases)
    test(what, () => assert.deepEqual(reasonsNotComparable([reference], [candidate]), [reason]));

  test('several at once, each on its own', () =>
    assert.equal(reasonsNotComparable([reference], [other({ data: 'seed 2', k6: 'k6 3' })]).length, 2));

  test('but for the workload, which is another by its scale already', () =>
    assert.equal(
      reasonsNotComparable([reference], [other({ scale: 'time 0.1, VUs 1', workload: 'x' })]).length,
      1,
    ));

  test('also within a side', () => {
    assert.deepEqual(reasonsNotComparable([reference, other({ data: 'seed 2' })], []), [
      'the data differs: seed 1 in before; seed 2 in after',
    ]);
  });
});

test('runs of the same can be compared, and so can one that does not say of what it is', () => {
  assert.deepEqual(reasonsNotComparable([reference], [other({})]), []);
  assert.deepEqual(reasonsNotComparable([reference], [excerpt({ fingerprint: null })]), []);
});
