import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { TestTarget, tempFolder } from '../../testing/target.ts';

const target = new TestTarget({ TARGET_PRODUCT: 'bounty', TARGET_DATA_DIR: tempFolder() });
let user: Record<string, string>;

const signIn = (email: string, password: string) => target.post('/auth/sign-in', { email, password });

before(async () => {
  await target.ready();
  const { body } = await signIn('user-2@example.com', 'local-test-password');
  user = { authorization: `Bearer ${body.token}` };
});
after(() => target.stop());

describe('POST /auth/sign-in', () => {
  test('POST /auth/sign-in returns a token that identifies the account in later requests', async () => {
    const { status, body } = await target.get('/api/profile', user);
    assert.equal(status, 200);
    assert.deepEqual(body, { id: 2, email: 'user-2@example.com', name: 'User 2' });
  });

  test('POST /auth/sign-in rejects a wrong password and an unknown email', async () => {
    for (const [email, password] of [
      ['user-2@example.com', 'wrong'],
      ['unknown@example.com', 'local-test-password'],
    ] as const) {
      const { status, body } = await signIn(email, password);
      assert.deepEqual([status, body.error], [401, 'invalid_credentials']);
    }
  });

  test('routes for signed-in accounts reject requests without a token or with a forged token', async () => {
    const token = user.authorization ?? '';
    for (const headers of [{}, { authorization: token.replace('2.', '1.') }, { authorization: 'Bearer 2' }])
      for (const path of ['/api/profile', '/wallet/balance', '/wallet/transactions', '/notifications'])
        assert.equal((await target.get(path, headers as Record<string, string>)).status, 401, path);
  });
});

describe('the routes of the marketplace', () => {
  test('the marketplace routes return the seeded rows', async () => {
    const { bounties } = (await target.get('/api/bounties?limit=20&status=open')).body;
    assert.equal(bounties.length, 20);
    assert.ok(bounties.every(({ status }: { status: string }) => status === 'open'));
    assert.deepEqual((await target.get(`/api/bounties/${bounties[0].id}`)).body, bounties[0]);

    const { notifications } = (await target.get('/notifications?limit=100', user)).body;
    assert.equal(notifications.length, 100);
    const { unread } = (await target.get('/notifications/unread-count', user)).body;
    assert.ok(unread > 0 && unread < 300, `${unread} unread notifications`);

    const { transactions } = (await target.get('/wallet/transactions', user)).body;
    assert.equal(transactions.length, 20);
    assert.ok(Number.isInteger((await target.get('/wallet/balance', user)).body.balanceCents));
  });

  test('GET /bounties/:id returns 404 for an unknown or malformed id', async () => {
    for (const id of ['999999', 'k3x9q', '99999999999999'])
      assert.equal((await target.get(`/api/bounties/${id}`)).status, 404, id);
  });

  test('the bounty list rejects a limit that is out of range, and the error names the range', async () => {
    const { status, body } = await target.get('/api/bounties?limit=500');
    assert.equal(status, 400);
    assert.match(body.message, /limit must be a whole number from 1 to 100/);
  });

  test('the marketplace analytics require the admin token', async () => {
    assert.equal((await target.get('/admin/metrics', user)).status, 401);
    const { body } = await target.get('/admin/analytics/metrics');
    assert.equal(body.accounts, 3);
    assert.deepEqual(
      body.bounties.map(({ status }: { status: string }) => status),
      ['claimed', 'open', 'paid'],
    );
  });

  test('GET /metrics/json returns the number of requests', async () => {
    const requests = async () => (await target.get('/metrics/json')).body.metrics.requests.byStatus['200'];
    const before = await requests();
    await target.get('/api/bounties');
    assert.ok((await requests()) >= before + 1);
  });
});

test('removing the records of a run also removes payment intents that the run created', async () => {
  for (const run of ['run-a', 'run-a', 'run-b']) {
    const headers = { ...user, 'x-load-run': run };
    const { status, body } = await target.post('/api/payments/create-intent', { amountCents: 5000 }, headers);
    assert.equal(status, 201);
    assert.equal(body.amountCents, 5000);
    assert.equal(body.status, 'requires_confirmation');
  }
  assert.deepEqual(await target.removeLoadRun('run-a'), { 'payment-intent': 2 });
  assert.deepEqual(await target.removeLoadRun('run-a'), { 'payment-intent': 0 });
  assert.deepEqual(await target.removeLoadRun('run-b'), { 'payment-intent': 1 });
});

test('the fault service-capacity makes requests to bounty wait, and refuses requests when the queue is full', async () => {
  await target.fault('PUT', 'service-capacity', 10);
  try {
    const replies = await Promise.all(Array.from({ length: 15 }, () => target.get('/health')));
    const refused = replies.filter(({ status }) => status === 503);
    assert.ok(refused.length > 0 && refused.length < 15, `${refused.length} of 15 were refused`);
    assert.ok(refused.every(({ body }) => body.error === 'overloaded'));
    assert.ok((await target.metrics()).size > 0, 'metrics are still available');
  } finally {
    await target.fault('DELETE', 'service-capacity');
  }
  assert.equal((await target.get('/health')).status, 200);
});
