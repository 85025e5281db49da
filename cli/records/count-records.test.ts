import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DeclaredVariable } from '../../lib/core/definition/index.ts';
import { serve } from '../testing/environment.ts';
import { countRecords } from './count-records.ts';

const RUN = '20250118T143000Z-3f9a2c';
const PLAN = {
  endpoints: [{ name: 'POST /orders', expectedStatus: 201, creates: 'order' }],
  ledger: {
    through: 'api',
    path: '/runs/:run/ledger',
    auth: { scheme: 'bearer', variable: 'ADMIN_TOKEN' },
  },
} as const;
const variables: DeclaredVariable[] = [
  { name: 'ADMIN_TOKEN', kind: 'secret', description: 'token of the API', local: 'local-token' },
];

/** Starts a target that returns the given response to every request, and stores all requests. */
async function startTarget(t: TestContext, status: number, body: string) {
  const requests: string[] = [];
  const API_URL = await serve(t, ({ method, url, headers }, response) => {
    requests.push(`${method} ${url} ${headers.authorization}`);
    response.writeHead(status).end(body);
  });
  return { requests, env: { API_URL, ADMIN_TOKEN: 'secret-token' } };
}

async function counted(t: TestContext, status: number, body: string) {
  const { requests, env } = await startTarget(t, status, body);
  const notes: string[] = [];
  const plan = { ...PLAN, variables, endpoints: [...PLAN.endpoints] };
  return { counts: await countRecords(plan, RUN, env, (note) => notes.push(note)), notes, requests };
}

test('the request for the record counts contains the run ID and the credentials', async (t) => {
  const order = { complete: 18, incomplete: 1, duplicates: 0 };
  const { counts, notes, requests } = await counted(t, 200, JSON.stringify({ ledger: { order } }));
  assert.deepEqual(counts, { order });
  assert.deepEqual(notes, []);
  assert.deepEqual(requests, [`GET /runs/${RUN}/ledger Bearer secret-token`]);
});

for (const [what, status, body] of [
  ['an error status', 404, '{"error": "not_found"}'],
  ['a body that is not JSON', 200, 'hello'],
  ['a body without a ledger', 200, '{"removed": {}}'],
  ['a negative count', 200, '{"ledger": {"order": {"complete": -1, "incomplete": 0, "duplicates": 0}}}'],
  ['a missing count', 200, '{"ledger": {"order": {"complete": 1}}}'],
] as const) {
  test(`if the response with the record counts has ${what}, the counts are null and a note is added`, async (t) => {
    const { counts, notes } = await counted(t, status, body);
    assert.equal(counts, null);
    assert.match(notes.join(), /^records were not counted: GET \/runs\/.* returned HTTP \d+/);
  });
}

test('countRecords sends no request for a test that creates no records', async () => {
  const readOnlyPlan = { ...PLAN, variables, endpoints: [{ name: 'GET /orders', expectedStatus: 200 }] };
  assert.equal(await countRecords(readOnlyPlan, RUN, {}, assert.fail), null);
});

test('if a credential is missing, countRecords sends no request and adds a note that names the variable', async (t) => {
  const { requests, env } = await startTarget(t, 200, '{}');
  const notes: string[] = [];
  const plan = { ...PLAN, variables, endpoints: [...PLAN.endpoints] };
  await countRecords(plan, RUN, { TEST_ENV: 'staging', API_URL: env.API_URL }, (note) => notes.push(note));
  assert.match(notes.join(), /ADMIN_TOKEN is not set \(token of the API\)\./);
  assert.deepEqual(requests, []);
});
