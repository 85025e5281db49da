import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ADMIN, TestTarget, tempFolder } from '../../testing/target.ts';

const APPLICATION = { creatorId: 1, message: 'I would like to' };
const NOBODY = {};
const MOST_WAITING = 4;

describe('the collab service', () => {
  let target: TestTarget;

  before(async () => {
    target = await new TestTarget({
      TARGET_PRODUCT: 'collab',
      TARGET_DATA_DIR: tempFolder(),
      COLLAB_WORK_MS: '20',
      COLLAB_MOST_WAITING: String(MOST_WAITING),
    }).ready();
  });
  after(() => target.stop());

  const ANSWERS: [path: string, status: number, has: string][] = [
    ['/api/creators', 200, 'creators'],
    ['/api/campaigns/7', 200, 'title'],
    ['/api/campaigns/100000', 404, 'error'],
    ['/api/campaigns/seven', 400, 'error'],
    ['/admin/load-runs/x', 404, 'error'],
  ];
  for (const [path, status, has] of ANSWERS)
    test(`GET ${path}: ${status}`, async () => {
      const { status: got, body } = await target.get(path, NOBODY);
      assert.equal(got, status);
      assert.ok(has in body);
    });

  test('an application is made to a campaign that there is, by one who may', async () => {
    const made = await target.post('/api/campaigns/7/applications', APPLICATION);
    assert.equal(made.status, 201);
    assert.equal(made.body.campaignId, 7);
    const none = await target.post('/api/campaigns/100000/applications', APPLICATION);
    assert.deepEqual([none.status, none.body.error], [404, 'unknown_campaign']);
    assert.equal((await target.post('/api/campaigns/7/applications', APPLICATION, NOBODY)).status, 401);
  });

  test('each request uses its CPU time', async () => {
    const used = () => target.metric('process_cpu_seconds_total');
    const before = await used();
    for (let n = 0; n < 10; n++) await target.get('/api/creators', NOBODY);
    assert.ok((await used()) - before >= 0.2);
  });

  test('of many at once, as many as may wait are answered, and the others refused', async () => {
    const sent = 160;
    const atOnce = (path: string) =>
      Promise.all(Array.from({ length: sent }, () => target.get(path, NOBODY)));
    // Opens the connections: a service that accepts them between two requests would get these one by one.
    await atOnce('/health');
    const replies = await atOnce('/api/creators');
    const answered = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status === 503);
    assert.ok(answered.length >= MOST_WAITING);
    assert.ok(refused.length > 0);
    assert.equal(answered.length + refused.length, sent);
    assert.equal(refused[0]?.body.error, 'overloaded');
    assert.equal((await target.get('/health', NOBODY)).status, 200);
    assert.equal(
      (await target.get('/api/creators', NOBODY)).status,
      200,
      'once they are done, there is room',
    );
  });

  test('what a load test run has created is removed, once', async () => {
    const headers = { ...ADMIN, 'x-load-run': 'run-7' };
    for (let n = 0; n < 3; n++) await target.post('/api/campaigns/7/applications', APPLICATION, headers);
    assert.deepEqual(await target.removeLoadRun('run-7'), { application: 3 });
    assert.deepEqual(await target.removeLoadRun('run-7'), { application: 0 });
  });
});
