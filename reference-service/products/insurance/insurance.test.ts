import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ADMIN_HEADERS, eventually, fetchJson, TestTarget, tempFolder } from '../../testing/target.ts';

const target = await new TestTarget({
  TARGET_PRODUCT: 'insurance',
  TARGET_DATA_DIR: tempFolder(),
  DB_QUERY_HOLD_MS: '0',
}).ready();
after(() => target.stop());

let nextId = 0;

interface Sender {
  agent?: string;
  run?: string;
}

/** Returns request headers with the given agent and load test run. By default, uses a new agent. */
const headersOf = ({ agent = `agent-${++nextId}`, run = 'none' }: Sender) => ({
  ...ADMIN_HEADERS,
  'x-agent': agent,
  'x-load-run': run,
});

const post = (path: string, body: object, sender: Sender = {}) => target.post(path, body, headersOf(sender));

const agent = (email: string, branches = [1, 2]) => ({
  name: 'Ada',
  email,
  branchId: branches[1],
  introducedByBranchId: branches[0],
});

const member = (email: string) => ({ name: 'Bea', email, plan: 'standard', agentIds: [1, 2] });

function claim(fields: Record<string, string> = {}, content: Uint8Array | null = new Uint8Array(70_000)) {
  const form = new FormData();
  const formFields = {
    memberId: '7',
    reference: `r-${++nextId}`,
    amountCents: '12500',
    description: 'Water',
    ...fields,
  };
  for (const [name, value] of Object.entries(formFields)) form.set(name, value);
  if (content) form.set('document', new File([content], 'invoice.pdf', { type: 'application/pdf' }));
  return form;
}

const submit = (body: FormData, sender: Sender = {}) =>
  fetchJson(`${target.endpoints.url}/api/claims`, { method: 'POST', headers: headersOf(sender), body });

const ledgerOf = async (run: string) => (await target.get(`/admin/load-runs/${run}/ledger`)).body.ledger;

test('GET /load-runs/:run/ledger counts the records of a run by kind, and DELETE /load-runs/:run removes the records', async () => {
  assert.equal((await post('/api/agents', agent('a@run'), { run: 'r1' })).status, 201);
  assert.equal((await post('/api/members', member('m@run'), { run: 'r1' })).status, 201);
  const submitted = await submit(claim(), { run: 'r1' });
  assert.equal(submitted.status, 201, JSON.stringify(submitted.body));
  assert.equal(submitted.body.bytes, 70_000);
  const onlyComplete = { complete: 1, incomplete: 0, duplicates: 0 };
  assert.deepEqual(await ledgerOf('r1'), { agent: onlyComplete, member: onlyComplete, claim: onlyComplete });

  assert.deepEqual(await target.removeLoadRun('r1'), { claim: 1, member: 1, agent: 1 });
  assert.deepEqual(await target.removeLoadRun('r1'), { claim: 0, member: 0, agent: 0 });
  assert.deepEqual(await ledgerOf('r1'), {});
});

test('an email address can be registered only once, even by simultaneous requests', async () => {
  const responses = await Promise.all(Array.from({ length: 5 }, () => post('/api/members', member('same@x'))));
  assert.deepEqual(responses.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
});

test('the rate limit of the insurance service applies per agent and per kind of request', async () => {
  const statuses = [];
  for (let i = 0; i < 6; i++)
    statuses.push((await post('/api/agents', agent(`limited-${i}@x`), { agent: 'busy' })).status);
  assert.deepEqual(statuses, [201, 201, 201, 201, 201, 429]);
  assert.equal((await post('/api/agents', agent('idle@x'), { agent: 'idle' })).status, 201);
  assert.equal((await post('/api/members', member('busy@x'), { agent: 'busy' })).status, 201);
});

for (const [description, form, message] of [
  ['without a document', claim({}, null), /the field document must be a file/],
  ['with an invalid member id', claim({ memberId: 'x' }), /the field memberId must be a member id/],
  ['without an amount', claim({ amountCents: '' }), /the field amountCents must be/],
] as const) {
  test(`a claim ${description} gets a 400 with the reason`, async () => {
    const { status, body } = await submit(form);
    assert.equal(status, 400);
    assert.match(body.message, message);
  });
}

test('a claim with a document of more than 5 MiB gets a 413', async () => {
  assert.equal((await submit(claim({}, new Uint8Array(5 * 1024 * 1024 + 1)))).status, 413);
});

test('the fault unordered-locks causes deadlocks, and the service retries the transactions', async (t) => {
  t.after(() => target.fault('DELETE', 'unordered-locks'));
  await target.fault('PUT', 'unordered-locks', 1);
  // Try several times, because two transactions with opposite lock orders do not always cause a deadlock.
  await eventually(async () => {
    const pairs = Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? [3, 4] : [4, 3]));
    await Promise.all(pairs.map((pair) => post('/api/agents', agent(`lock-${++nextId}@x`, pair))));
    return (await target.metric('db_deadlocks_total')) > 0;
  }, 60_000);
  assert.ok((await target.metric('db_transaction_retries_total')) > 0);
});

test('the fault torn-transaction makes the service alternately write half of a confirmed record or nothing', async (t) => {
  t.after(() => target.fault('DELETE', 'torn-transaction'));
  await target.fault('PUT', 'torn-transaction', 1);
  for (let i = 0; i < 4; i++)
    assert.equal((await post('/api/members', member(`torn-${i}@x`), { run: 'torn' })).status, 201);
  assert.deepEqual(await ledgerOf('torn'), { member: { complete: 0, incomplete: 2, duplicates: 0 } });
});

test('if the email provider is unavailable, the insurance service responds with degraded: true and sends messages later', async () => {
  await target.put('/admin/drills/email', { cutOff: true });
  const responses = [];
  for (let i = 0; i < 30; i++) responses.push(await post('/api/members', member(`degraded-${i}@x`)));
  assert.ok(responses.every(({ status }) => status === 201));
  assert.equal(responses.at(-1)?.body.degraded, true);
  assert.equal(responses.at(-1)?.body.notification, 'queued');
  await eventually(async () => {
    await post('/api/members', member(`opening-${++nextId}@x`));
    return (await target.get('/health')).body.dependencies.email === 'down';
  }, 30_000);

  await target.put('/admin/drills/email', { cutOff: false });
  await eventually(async () => {
    await post('/api/members', member(`closing-${++nextId}@x`));
    const { dependencies, waitingMessages } = (await target.get('/health')).body;
    return dependencies.email === 'up' && waitingMessages === 0;
  }, 60_000);
});
