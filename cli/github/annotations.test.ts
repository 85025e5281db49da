import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnosis, judgedCriterion, repeat, resultOf } from '../../lib/core/testing/evidence.ts';
import { annotationsOf } from './annotations.ts';

test('annotations are ordered: critical failures, causes, other criteria, notes', () => {
  const result = resultOf({
    run: { notes: ['probes were late'] },
    criteria: [
      judgedCriterion({ title: 'passes', status: 'pass' }),
      judgedCriterion({ title: 'few samples', status: 'no data', severity: 'critical' }),
      judgedCriterion({ title: 'minor', status: 'fail', severity: 'minor' }),
      judgedCriterion({ title: 'critical', status: 'fail', severity: 'critical' }),
    ],
    diagnosis: [diagnosis({ title: 'Pool exhausted', confidence: 0.95 })],
    verdict: { decision: 'NO_GO', reasons: ['critical fails', 'second reason'] },
  });
  assert.deepEqual(
    annotationsOf(result).map(({ level, title }) => [level, title]),
    [
      ['error', 'NO-GO: shop/peak on local'],
      ['error', '✗ fail: critical'],
      ['warning', 'Pool exhausted: very likely (95.0 %)'],
      ['warning', '– no data: few samples'],
      ['warning', '✗ fail: minor'],
      ['notice', 'Note'],
    ],
  );
  assert.equal(annotationsOf(result)[0]?.message, 'critical fails\nsecond reason');
});

test('the annotation of a criterion contains its value, limit, confidence interval and number of samples', () => {
  const criterion = judgedCriterion({
    value: 851,
    interval: { low: 846, high: null },
    samples: 918,
    status: 'fail',
    note: 'in the spike',
  });
  const [, annotation] = annotationsOf(resultOf({ criteria: [criterion] }));
  assert.equal(annotation?.message, '851 ms, limit < 400 ms, 846 ms to …, n=918\nin the spike');
});

test('a run whose decision is GO results in one annotation', () => {
  assert.deepEqual(annotationsOf(resultOf({ verdict: { decision: 'GO', reasons: ['all criteria pass'] } })), [
    { level: 'notice', title: 'GO: shop/peak on local', message: 'all criteria pass' },
  ]);
});

test('annotationsOf returns at most ten annotations, and the tenth lists the titles of all omitted annotations', () => {
  const failing = (count: number) => {
    const criteria = repeat(count, null).map((_, i) => judgedCriterion({ title: `number ${i}`, status: 'fail' }));
    return annotationsOf(resultOf({ criteria }));
  };
  assert.deepEqual(failing(9).at(-1)?.title, '✗ fail: number 8');
  const annotations = failing(11);
  assert.equal(annotations.length, 10);
  assert.deepEqual(annotations.at(-1), {
    level: 'notice',
    title: '3 more, in the job summary',
    message: '✗ fail: number 8\n✗ fail: number 9\n✗ fail: number 10',
  });
});
