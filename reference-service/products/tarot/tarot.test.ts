import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ADMIN_HEADERS, eventually, TestTarget, tempFolder } from '../../testing/target.ts';

const LIMIT = 10;
const WINDOW_MS = 1000;
const BOOKING = { readerId: 1, customerName: 'Ada', startsAt: '2026-06-01T10:00:00Z' };
const NO_TOKEN = {};

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

  /** Waits until requests of earlier tests no longer count towards the rate limit. */
  const waitForNewWindow = () => delay(WINDOW_MS + 100);

  const CASES: [path: string, headers: Record<string, string> | undefined, status: number, property: string][] = [
    ['/api/health', NO_TOKEN, 200, 'uptimeS'],
    ['/api/daily-zodiac/leo', NO_TOKEN, 200, 'reading'],
    ['/api/daily-zodiac/ophiuchus', NO_TOKEN, 404, 'error'],
    ['/api/config/categories', NO_TOKEN, 200, 'categories'],
    ['/api/admin/readers', undefined, 200, 'readers'],
    ['/api/admin/readers', NO_TOKEN, 401, 'error'],
    ['/admin/configuration', NO_TOKEN, 401, 'error'],
    ['/admin/load-runs/x', NO_TOKEN, 404, 'error'],
  ];
  for (const [path, headers, status, property] of CASES)
    test(`the tarot service returns ${status} for GET ${path} ${headers ? 'without' : 'with'} a token`, async () => {
      const { status: actual, body } = await target.get(path, headers);
      assert.equal(actual, status);
      assert.ok(property in body);
    });

  test('the tarot route POST /api/bookings confirms a booking, and rejects unavailable readers, invalid bodies and missing tokens', async () => {
    await waitForNewWindow();
    const created = await target.post('/api/bookings', BOOKING);
    assert.equal(created.status, 201);
    assert.match(created.body.confirmation, /^[0-9a-f]{64}$/);
    assert.equal((await target.post('/api/bookings', { ...BOOKING, readerId: 5 })).body.error, 'unknown_reader');
    assert.equal((await target.post('/api/bookings', { ...BOOKING, startsAt: 'soon' })).status, 400);
    assert.equal((await target.post('/api/bookings', BOOKING, NO_TOKEN)).status, 401);
  });

  test('the rate limit of the tarot service applies to API requests, even without a token, but not to /admin and /health', async () => {
    await waitForNewWindow();
    const statuses: number[] = [];
    for (let n = 0; n < LIMIT + 5; n++) statuses.push((await target.get('/api/admin/readers', NO_TOKEN)).status);
    assert.deepEqual(statuses, [...Array(LIMIT).fill(401), ...Array(5).fill(429)]);
    const { body, headers } = await target.get('/api/health');
    assert.equal(body.error, 'rate_limited');
    assert.ok(Number(headers.get('retry-after')) >= 1);
    assert.equal((await target.get('/admin/configuration')).status, 200);
    assert.equal((await target.get('/health', NO_TOKEN)).status, 200);
  });

  test('DELETE /admin/load-runs/:run removes the bookings that a run created; a second call removes none', async () => {
    await waitForNewWindow();
    for (let n = 0; n < 3; n++)
      await target.post('/api/bookings', BOOKING, { ...ADMIN_HEADERS, 'x-load-run': 'run-7' });
    assert.deepEqual(await target.removeLoadRun('run-7'), { booking: 3 });
    assert.deepEqual(await target.removeLoadRun('run-7'), { booking: 0 });
  });

  test('GET /admin/configuration lists the names of missing environment variables, and no values', async () => {
    await waitForNewWindow();
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

  test('the fault crash-loop crashes each new service process after the given number of requests', async () => {
    await waitForNewWindow();
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
