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

/** A target that answers so, and what it was asked. */
async function answering(t: TestContext, status: number, body: string) {
  const asked: string[] = [];
  const API_URL = await serve(t, ({ method, url, headers }, response) => {
    asked.push(`${method} ${url} ${headers.authorization}`);
    response.writeHead(status).end(body);
  });
  return { asked, env: { API_URL, ADMIN_TOKEN: 'secret-token' } };
}

async function counted(t: TestContext, status: number, body: string) {
  const { asked, env } = await answering(t, status, body);
  const notes: string[] = [];
  const plan = { ...PLAN, variables, endpoints: [...PLAN.endpoints] };
  return { counts: await countRecords(plan, RUN, env, (note) => notes.push(note)), notes, asked };
}

test('the request contains the run id and the credentials', async (t) => {
  const order = { complete: 18, incomplete: 1, duplicates: 0 };
  const { counts, notes, asked } = await counted(t, 200, JSON.stringify({ ledger: { order } }));
  assert.deepEqual(counts, { order });
  assert.deepEqual(notes, []);
  assert.deepEqual(asked, [`GET /runs/${RUN}/ledger Bearer secret-token`]);
});

for (const [what, status, body] of [
  ['another status', 404, '{"error": "not_found"}'],
  ['a body that is not JSON', 200, 'hello'],
  ['no ledger', 200, '{"removed": {}}'],
  ['a negative count', 200, '{"ledger": {"order": {"complete": -1, "incomplete": 0, "duplicates": 0}}}'],
  ['a missing count', 200, '{"ledger": {"order": {"complete": 1}}}'],
] as const) {
  test(`${what} is noted, and nothing is counted`, async (t) => {
    const { counts, notes } = await counted(t, status, body);
    assert.equal(counts, null);
    assert.match(notes.join(), /^records were not counted: GET \/runs\/.* returned HTTP \d+/);
  });
}

test('a test that creates no records sends no request', async () => {
  const reading = { ...PLAN, variables, endpoints: [{ name: 'GET /orders', expectedStatus: 200 }] };
  assert.equal(await countRecords(reading, RUN, {}, assert.fail), null);
});

test('without credentials there is no request, and the note names the missing variable', async (t) => {
  const { asked, env } = await answering(t, 200, '{}');
  const notes: string[] = [];
  const plan = { ...PLAN, variables, endpoints: [...PLAN.endpoints] };
  await countRecords(plan, RUN, { TEST_ENV: 'staging', API_URL: env.API_URL }, (note) => notes.push(note));
  assert.match(notes.join(), /ADMIN_TOKEN is not set \(token of the API\)\./);
  assert.deepEqual(asked, []);
});
