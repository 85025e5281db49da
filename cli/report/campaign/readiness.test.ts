import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessed } from '../../../lib/core/judging/index.ts';
import { resultOf } from '../../../lib/core/testing/evidence.ts';
import { readinessSection } from './tests.ts';

const asked = assessed(resultOf({ run: { assess: ['readiness'] } }));

test('a campaign none of whose tests asks for readiness has no such section', () => {
  assert.equal(readinessSection([{ test: 'smoke', result: resultOf() }]), null);
  assert.equal(readinessSection([{ test: 'stress', result: null }]), null);
});

test('a row a test, with the points of each component, and what it comes to', () => {
  const section = readinessSection([
    { test: 'smoke', result: resultOf() },
    { test: 'stress', result: asked },
  ]);
  const [verdict, scores] = section?.blocks ?? [];
  assert.ok(verdict?.kind === 'text' && scores?.kind === 'table');
  assert.match(verdict.text, /^NOT READY, as stress found/);
  const { total, outOf } = asked.readiness ?? assert.fail();
  assert.deepEqual(
    scores.columns.map(({ title }) => title),
    [
      'Test',
      'Load handling',
      'Response times',
      'Error handling',
      'Monitoring',
      'Configuration',
      'Database',
      'Total',
      'Readiness',
    ],
  );
  assert.deepEqual(scores.rows[0]?.slice(0, 2), ['stress', '8/10']);
  assert.deepEqual(scores.rows[0]?.slice(-2), [`${total}/${outOf}`, { text: '✗ NOT READY', tone: 'bad' }]);
});
