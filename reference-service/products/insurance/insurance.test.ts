import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ADMIN, eventually, fetchJson, TestTarget, tempFolder } from '../../testing/target.ts';

const target = await new TestTarget({
  TARGET_PRODUCT: 'insurance',
  TARGET_DATA_DIR: tempFolder(),
  DB_QUERY_HOLD_MS: '0',
}).ready();
after(() => target.stop());

let sent = 0;

interface From {
  agent?: string;
  run?: string;
}

/** Each from another agent, unless one is named. */
const headersOf = ({ agent = `agent-${++sent}`, run = 'none' }: From) => ({
  ...ADMIN,
  'x-agent': agent,
  'x-load-run': run,
});

const post = (path: string, body: object, from: From = {}) => target.post(path, body, headersOf(from));

const agent = (email: string, branches = [1, 2]) => ({
  name: 'Ada',
  email,
  branchId: branches[1],
  introducedByBranchId: branches[0],
});

const member = (email: string) => ({ name: 'Bea', email, plan: 'standard', agentIds: [1, 2] });

function claim(fields: Record<string, string> = {}, content: Uint8Array | null = new Uint8Array(70_000)) {
  const form = new FormData();
  const all = {
    memberId: '7',
    reference: `r-${++sent}`,
    amountCents: '12500',
    description: 'Water',
    ...fields,
  };
  for (const [name, value] of Object.entries(all)) form.set(name, value);
  if (content) form.set('document', new File([content], 'invoice.pdf', { type: 'application/pdf' }));
  return form;
}

const submit = (body: FormData, from: From = {}) =>
  fetchJson(`${target.endpoints.url}/api/claims`, { method: 'POST', headers: headersOf(from), body });

const ledgerOf = async (run: string) => (await target.get(`/admin/load-runs/${run}/ledger`)).body.ledger;

test('a run can be counted and removed, of every kind', async () => {
  assert.equal((await post('/api/agents', agent('a@run'), { run: 'r1' })).status, 201);
  assert.equal((await post('/api/members', member('m@run'), { run: 'r1' })).status, 201);
  const submitted = await submit(claim(), { run: 'r1' });
  assert.equal(submitted.status, 201, JSON.stringify(submitted.body));
  assert.equal(submitted.body.bytes, 70_000);
  const whole = { complete: 1, incomplete: 0, duplicates: 0 };
  assert.deepEqual(await ledgerOf('r1'), { agent: whole, member: whole, claim: whole });

  assert.deepEqual(await target.removeLoadRun('r1'), { claim: 1, member: 1, agent: 1 });
  assert.deepEqual(await target.removeLoadRun('r1'), { claim: 0, member: 0, agent: 0 });
  assert.deepEqual(await ledgerOf('r1'), {});
});

test('an email that is registered is not registered again, also at the same instant', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => post('/api/members', member('same@x'))));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
});

test('an agent is refused beyond five requests of a kind a minute, and no other one is', async () => {
  const statuses = [];
  for (let i = 0; i < 6; i++)
    statuses.push((await post('/api/agents', agent(`limited-${i}@x`), { agent: 'busy' })).status);
  assert.deepEqual(statuses, [201, 201, 201, 201, 201, 429]);
  assert.equal((await post('/api/agents', agent('idle@x'), { agent: 'idle' })).status, 201);
  assert.equal((await post('/api/members', member('busy@x'), { agent: 'busy' })).status, 201);
});

for (const [what, form, says] of [
  ['without a document', claim({}, null), /the field document must be a file/],
  ['of no member', claim({ memberId: 'x' }), /the field memberId must be a member id/],
  ['without an amount', claim({ amountCents: '' }), /the field amountCents must be/],
] as const) {
  test(`a claim ${what} is refused with the reason`, async () => {
    const { status, body } = await submit(form);
    assert.equal(status, 400);
    assert.match(body.message, says);
  });
}

test('a claim with a document that is too large is refused', async () => {
  assert.equal((await submit(claim({}, new Uint8Array(5 * 1024 * 1024 + 1)))).status, 413);
});

test('locks in the order of the requests are deadlocks, which are retried until nothing is lost', async (t) => {
  t.after(() => target.fault('DELETE', 'unordered-locks'));
  await target.fault('PUT', 'unordered-locks', 1);
  // Two that meet may miss one another.
  await eventually(async () => {
    const pairs = Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? [3, 4] : [4, 3]));
    await Promise.all(pairs.map((pair) => post('/api/agents', agent(`lock-${++sent}@x`, pair))));
    return (await target.metric('db_deadlocks_total')) > 0;
  }, 60_000);
  assert.ok((await target.metric('db_transaction_retries_total')) > 0);
});

test('torn transactions are acknowledged, and in turn not written or half-written', async (t) => {
  t.after(() => target.fault('DELETE', 'torn-transaction'));
  await target.fault('PUT', 'torn-transaction', 1);
  for (let i = 0; i < 4; i++)
    assert.equal((await post('/api/members', member(`torn-${i}@x`), { run: 'torn' })).status, 201);
  assert.deepEqual(await ledgerOf('torn'), { member: { complete: 0, incomplete: 2, duplicates: 0 } });
});

test('without its email provider the service goes on with degraded answers, and sends the messages later', async () => {
  await target.put('/admin/drills/email', { cutOff: true });
  const answers = [];
  for (let i = 0; i < 30; i++) answers.push(await post('/api/members', member(`degraded-${i}@x`)));
  assert.ok(answers.every(({ status }) => status === 201));
  assert.equal(answers.at(-1)?.body.degraded, true);
  assert.equal(answers.at(-1)?.body.told, 'queued');
  await eventually(async () => {
    await post('/api/members', member(`opening-${++sent}@x`));
    return (await target.get('/health')).body.dependencies.email === 'down';
  }, 30_000);

  await target.put('/admin/drills/email', { cutOff: false });
  await eventually(async () => {
    await post('/api/members', member(`closing-${++sent}@x`));
    const { dependencies, waitingMessages } = (await target.get('/health')).body;
    return dependencies.email === 'up' && waitingMessages === 0;
  }, 60_000);
});
