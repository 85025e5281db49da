import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ADMIN, eventually, TestTarget, tempFolder } from '../../testing/target.ts';

const LIMIT = 10;
const WINDOW_MS = 1000;
const BOOKING = { readerId: 1, customerName: 'Ada', startsAt: '2026-06-01T10:00:00Z' };
const NOBODY = {};

describe('the tarot service', () => {
  let target: TestTarget;

  before(async () => {
    target = await new TestTarget({
      TARGET_PRODUCT: 'tarot',
      TARGET_MODE: 'process',
      TARGET_DATA_DIR: tempFolder(),
      TAROT_RATE_LIMIT: String(LIMIT),
      TAROT_RATE_WINDOW_MS: String(WINDOW_MS),
    }).ready();
  });
  after(() => target.stop());

  /** What counts towards the limit was sent by an earlier test. */
  const limitIsOver = () => delay(WINDOW_MS + 100);

  const ANSWERS: [path: string, headers: Record<string, string> | undefined, status: number, has: string][] =
    [
      ['/api/health', NOBODY, 200, 'uptimeS'],
      ['/api/daily-zodiac/leo', NOBODY, 200, 'reading'],
      ['/api/daily-zodiac/ophiuchus', NOBODY, 404, 'error'],
      ['/api/config/categories', NOBODY, 200, 'categories'],
      ['/api/admin/readers', undefined, 200, 'readers'],
      ['/api/admin/readers', NOBODY, 401, 'error'],
      ['/admin/configuration', NOBODY, 401, 'error'],
      ['/admin/load-runs/x', NOBODY, 404, 'error'],
    ];
  for (const [path, headers, status, has] of ANSWERS)
    test(`GET ${path} ${headers ? 'without' : 'with'} a right: ${status}`, async () => {
      const { status: got, body } = await target.get(path, headers);
      assert.equal(got, status);
      assert.ok(has in body);
    });

  test('a booking is confirmed, of a reader who takes any, and by one who may', async () => {
    await limitIsOver();
    const made = await target.post('/api/bookings', BOOKING);
    assert.equal(made.status, 201);
    assert.match(made.body.confirmation, /^[0-9a-f]{64}$/);
    assert.equal(
      (await target.post('/api/bookings', { ...BOOKING, readerId: 5 })).body.error,
      'unknown_reader',
    );
    assert.equal((await target.post('/api/bookings', { ...BOOKING, startsAt: 'soon' })).status, 400);
    assert.equal((await target.post('/api/bookings', BOOKING, NOBODY)).status, 401);
  });

  test('beyond the limit everybody is refused, also without a right, and those who run it are not', async () => {
    await limitIsOver();
    const statuses: number[] = [];
    for (let n = 0; n < LIMIT + 5; n++)
      statuses.push((await target.get('/api/admin/readers', NOBODY)).status);
    assert.deepEqual(statuses, [...Array(LIMIT).fill(401), ...Array(5).fill(429)]);
    const { body, headers } = await target.get('/api/health');
    assert.equal(body.error, 'rate_limited');
    assert.ok(Number(headers.get('retry-after')) >= 1);
    assert.equal((await target.get('/admin/configuration')).status, 200);
    assert.equal((await target.get('/health', NOBODY)).status, 200);
  });

  test('what a load test run has created is removed, once', async () => {
    await limitIsOver();
    for (let n = 0; n < 3; n++)
      await target.post('/api/bookings', BOOKING, { ...ADMIN, 'x-load-run': 'run-7' });
    assert.deepEqual(await target.removeLoadRun('run-7'), { booking: 3 });
    assert.deepEqual(await target.removeLoadRun('run-7'), { booking: 0 });
  });

  test('a variable that is not set is named, and its value is not', async () => {
    await limitIsOver();
    const required = ['DATABASE_URL', 'ADMIN_TOKEN', 'TAROT_SIGNING_KEY'];
    const configuration = async () => (await target.get('/admin/configuration')).body;
    assert.deepEqual(await configuration(), { required, missing: [] });
    await target.fault('PUT', 'unset-variable');
    assert.deepEqual(await configuration(), { required, missing: ['TAROT_SIGNING_KEY'] });
    const { status, body } = await target.post('/api/bookings', BOOKING);
    assert.deepEqual([status, body.error], [503, 'configuration_missing']);
    await target.fault('DELETE', 'unset-variable');
    assert.equal((await target.post('/api/bookings', BOOKING)).status, 201);
  });

  test('the crash loop ends each process after so many requests', async () => {
    await limitIsOver();
    await target.fault('PUT', 'crash-loop', 2);
    await eventually(async () => {
      await target.get('/api/health').catch(() => undefined);
      return (await target.metric('target_restarts_total').catch(() => 0)) >= 2;
    }, 20_000);
    await target.fault('DELETE', 'crash-loop');
    await eventually(() =>
      target
        .get('/health')
        .then(({ status }) => status === 200)
        .catch(() => false),
    );
  });
});
