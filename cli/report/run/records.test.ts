import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessed } from '../../../lib/core/judging/index.ts';
import { resultOf } from '../../../lib/core/testing/evidence.ts';
import { breakersSection, recordsSection } from './errors.ts';
import { checklistSection } from './verdict.ts';

const entry = { acknowledged: 20, complete: 20, incomplete: 0, duplicates: 0, lost: 0 };

test('records that are all there, and records that are not, are told in words', () => {
  const said = (lost: number) =>
    recordsSection(resultOf({ ledger: { order: { ...entry, complete: 20 - lost, lost } } }))?.blocks[0];
  assert.match(JSON.stringify(said(0)), /Every record .* is there/);
  assert.match(JSON.stringify(said(1)), /Some of the records are not/);
});

test('of what a run says nothing of there is no section', () => {
  assert.equal(recordsSection(resultOf()), null);
  assert.equal(breakersSection(resultOf()), null);
  assert.equal(checklistSection([resultOf()]), null);
});

test('a breaker that opened has its times, and the answers of each phase', () => {
  const columns = { circuitBreakerState: [0, 2, 2, 0] };
  const section = breakersSection(
    resultOf({ resources: { target: { atMs: [0, 1000, 2000, 3000], columns } } }),
  );
  const [states] = section?.blocks ?? [];
  assert.ok(states?.kind === 'table');
  assert.deepEqual(
    states.rows.map(([state, , length]) => [state, length]),
    [
      ['closed', '1000 ms'],
      ['open', '2000 ms'],
      ['closed', '0 ms'],
    ],
  );
});

test('a checklist names every category, also those without evidence', () => {
  const { run } = resultOf();
  const section = checklistSection([
    assessed(resultOf({ run: { ...run, assess: ['checklist'] }, ledger: { order: entry } })),
  ]);
  const [, categories] = section?.blocks ?? [];
  assert.ok(categories?.kind === 'table');
  assert.equal(categories.rows.length, 8);
  assert.match(JSON.stringify(categories.rows), /Transaction safety.*✓ met.*20 records acknowledged/);
  assert.match(JSON.stringify(categories.rows), /External service protection.*no evidence/);
});
