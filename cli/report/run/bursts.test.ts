import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phaseFigures, phasesOf, repeat, resultOf } from '../../../lib/core/testing/evidence.ts';
import { burstsSection } from './requests.ts';

test('a workload without bursts has no such section', () => {
  assert.equal(burstsSection(resultOf()), null);
});

test('each burst with when it was, who began, and how far apart', () => {
  const [first] = phasesOf({ first: 8000 });
  assert.ok(first);
  const section = burstsSection(
    resultOf({
      phases: [phaseFigures(first, { values: repeat(20, 100) })],
      bursts: [
        { phase: 'first', vus: 20, began: 20, spreadMs: 12 },
        { phase: 'second', vus: 20, began: 18, spreadMs: 61.5 },
        { phase: 'third', vus: 20, began: 0, spreadMs: null },
      ],
    }),
  );
  const [table] = section?.blocks ?? [];
  assert.ok(table?.kind === 'table');
  assert.deepEqual(table.rows, [
    ['first', '0:00–0:08', '20', '20', '12.0 ms'],
    ['second', '–', '20', { text: '✗ 18', tone: 'bad' }, '61.5 ms'],
    ['third', '–', '20', { text: '✗ 0', tone: 'bad' }, '–'],
  ]);
});
