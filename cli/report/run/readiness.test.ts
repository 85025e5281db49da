import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessed } from '../../../lib/core/judging/index.ts';
import { resultOf } from '../../../lib/core/testing/evidence.ts';
import { readinessLines, readinessSection } from './verdict.ts';

const asked = assessed(resultOf({ run: { assess: ['readiness'] } }));

test('a run whose test does not ask for it has no such section', () => {
  assert.equal(readinessSection(resultOf()), null);
  assert.deepEqual(readinessLines(resultOf()), []);
});

test('the total, why it is not ready, and each component with what it lost points for', () => {
  const section = readinessSection(asked);
  assert.ok(section);
  const [verdict, reasons, components] = section.blocks;
  assert.deepEqual(verdict, { kind: 'text', text: 'NOT READY: 28 of 60 points (46.7 %).' });
  assert.ok(reasons?.kind === 'list');
  assert.ok(reasons.items.includes('configuration: no data'));
  assert.ok(components?.kind === 'table');
  assert.deepEqual(components.rows[0], [
    'Load handling',
    { text: '✓ good', tone: 'good' },
    '8/10',
    'nobody counted the restarts (−2)',
  ]);
  assert.deepEqual(components.rows[4]?.slice(1, 3), [{ text: '– no data', tone: 'warning' }, 'no data']);
});

test('on the terminal the same words', () => {
  const [first, ...rest] = readinessLines(asked);
  assert.match(first ?? '', /NOT READY: 28 of 60 points/);
  assert.ok(rest.some((line) => line.includes('configuration: no data')));
});
