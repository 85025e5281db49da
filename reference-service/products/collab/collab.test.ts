import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ADMIN_HEADERS, TestTarget, tempFolder } from '../../testing/target.ts';

const APPLICATION = { creatorId: 1, message: 'I would like to' };
const NO_TOKEN = {};
const MAX_WAITING = 4;

describe('the collab service', () => {
  let target: TestTarget;

  before(async () => {
    target = await new TestTarget({
      TARGET_PRODUCT: 'collab',
      TARGET_DATA_DIR: tempFolder(),
      COLLAB_WORK_MS: '20',
      COLLAB_MOST_WAITING: String(MAX_WAITING),
    }).ready();
  });
  after(() => target.stop());

  const CASES: [path: string, status: number, property: string][] = [
    ['/api/creators', 200, 'creators'],
    ['/api/campaigns/7', 200, 'title'],
    ['/api/campaigns/100000', 404, 'error'],
    ['/api/campaigns/seven', 400, 'error'],
    ['/admin/load-runs/x', 404, 'error'],
  ];
  for (const [path, status, property] of CASES)
    test(`the collab service returns ${status} for GET ${path}`, async () => {
      const { status: actual, body } = await target.get(path, NO_TOKEN);
      assert.equal(actual, status);
      assert.ok(property in body);
    });

  test('POST /api/campaigns/:id/applications creates an application, and rejects unknown campaigns and requests without a token', async () => {
    const created = await target.post('/api/campaigns/7/applications', APPLICATION);
    assert.equal(created.status, 201);
    assert.equal(created.body.campaignId, 7);
    const unknown = await target.post('/api/campaigns/100000/applications', APPLICATION);
    assert.deepEqual([unknown.status, unknown.body.error], [404, 'unknown_campaign']);
    assert.equal((await target.post('/api/campaigns/7/applications', APPLICATION, NO_TOKEN)).status, 401);
  });

  test('each API request of the collab service uses the configured CPU time', async () => {
    const cpuSeconds = () => target.metric('process_cpu_seconds_total');
    const before = await cpuSeconds();
    for (let n = 0; n < 10; n++) await target.get('/api/creators', NO_TOKEN);
    assert.ok((await cpuSeconds()) - before >= 0.2);
  });

  test('the collab service queues simultaneous requests up to its limit, and responds to further requests with 503', async () => {
    const count = 160;
    const getAll = (path: string) => Promise.all(Array.from({ length: count }, () => target.get(path, NO_TOKEN)));
    // Open the connections first, because otherwise the service would accept new connections one by one between
    // requests.
    await getAll('/health');
    const replies = await getAll('/api/creators');
    const answered = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status === 503);
    assert.ok(answered.length >= MAX_WAITING);
    assert.ok(refused.length > 0);
    assert.equal(answered.length + refused.length, count);
    assert.equal(refused[0]?.body.error, 'overloaded');
    assert.equal((await target.get('/health', NO_TOKEN)).status, 200);
    assert.equal(
      (await target.get('/api/creators', NO_TOKEN)).status,
      200,
      'the queue has room again after the requests are done',
    );
  });

  test('DELETE /admin/load-runs/:run removes the applications that a run created; a second call removes none', async () => {
    const headers = { ...ADMIN_HEADERS, 'x-load-run': 'run-7' };
    for (let n = 0; n < 3; n++) await target.post('/api/campaigns/7/applications', APPLICATION, headers);
    assert.deepEqual(await target.removeLoadRun('run-7'), { application: 3 });
    assert.deepEqual(await target.removeLoadRun('run-7'), { application: 0 });
  });
});
