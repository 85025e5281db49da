import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointFigures, ErrorFigures } from '../../../lib/core/evidence/index.ts';
import { endpointFigures, repeat, resultOf } from '../../../lib/core/testing/evidence.ts';
import { statusesSection } from './requests.ts';

const READ = 'GET /items/:id';

const endpoint = (parts: Partial<EndpointFigures>): EndpointFigures => ({
  ...endpointFigures(READ, { values: repeat(100, 10) }),
  ...parts,
});

const error = (parts: Partial<ErrorFigures>): ErrorFigures => ({
  kind: 'server-error',
  code: '500',
  reason: 'server-error',
  endpoint: READ,
  count: 1,
  share: 1,
  ...parts,
});

function rowsOf(one: EndpointFigures, errors: ErrorFigures[]) {
  const [block] = statusesSection(resultOf({ endpoints: [one], errors })).blocks;
  assert.ok(block?.kind === 'table');
  return block.rows;
}

test('what is expected, refused by design and an error is told apart', () => {
  const rows = rowsOf(endpoint({ statuses: { 0: 3, 200: 27, 429: 66, 500: 4 }, refusals: { 429: 66 } }), [
    error({ count: 4 }),
    error({ kind: 'unexpected-body', code: '200', count: 2 }),
    error({ kind: 'connection-refused', code: '1212', count: 3 }),
    error({ code: '500', count: 9, endpoint: 'GET /other' }),
  ]);
  assert.deepEqual(rows, [
    [READ, 'no answer', '3', '3.00 %', '0', '0', '3'],
    [READ, '200', '27', '27.0 %', '25', '0', '2'],
    [READ, '429', '66', '66.0 %', '0', '66', '0'],
    [READ, '500', '4', '4.00 %', '0', '0', '4'],
  ]);
});

test('a refusal that was not meant is an error', () => {
  const rows = rowsOf(endpoint({ statuses: { 200: 40, 429: 60 } }), [
    error({ kind: 'rate-limited', code: '429', count: 60 }),
  ]);
  assert.deepEqual(rows[1], [READ, '429', '60', '60.0 %', '0', '0', '60']);
});

test('without figures of any endpoint it says so', () => {
  assert.equal(statusesSection(resultOf()).blocks[0]?.kind, 'absent');
});
