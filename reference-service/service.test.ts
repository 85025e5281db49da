import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import {
  dataFolder,
  eventually,
  NEW_BOOKING,
  signatureHeaders,
  TestTarget,
  whatsappMessage,
} from './testing/target.ts';

let target: TestTarget;
before(async () => {
  target = await new TestTarget({ TARGET_DATA_DIR: dataFolder(), CACHE_MAX_ENTRIES: '20' }).ready();
});
after(() => target?.stop());

test('GET /health returns 200 with status and product', async () => {
  const { status, body } = await target.get('/health', {});
  assert.deepEqual([status, body], [200, { status: 'ok', product: 'booking' }]);
});

test('the lists of bookings of a salon and of a customer start with the newest booking', async () => {
  const before = await target.get('/admin/bookings/3');
  assert.equal(before.body.salonId, 3);
  assert.equal(before.body.bookings.length, 20);
  const created = await target.post('/admin/bookings/3', NEW_BOOKING);
  assert.equal(created.status, 201);
  const { id, ...rest } = created.body;
  assert.deepEqual(rest, {
    salonId: 3,
    customerPhone: NEW_BOOKING.customerPhone,
    service: 'Haircut',
    startsAt: '2025-06-01T10:00:00.000Z',
    status: 'confirmed',
  });
  const all = await target.get('/admin/bookings/3');
  assert.equal(all.body.total, before.body.total + 1);
  assert.deepEqual(all.body.bookings[0], created.body);
  const ofCustomer = await target.get(`/admin/bookings/3?phone=${encodeURIComponent(NEW_BOOKING.customerPhone)}`);
  assert.deepEqual([ofCustomer.body.total, ofCustomer.body.bookings.map((b: { id: number }) => b.id)], [1, [id]]);
});

test('the statistics, messages and analytics of a salon have the documented fields and consistent totals', async () => {
  const stats = (await target.get('/admin/stats/5')).body;
  const { total, confirmed, cancelled, completed } = stats.bookings;
  assert.equal(total, confirmed + cancelled + completed);
  assert.equal(total, (await target.get('/admin/bookings/5')).body.total);
  const messages = (await target.get('/admin/messages/5')).body;
  assert.equal(messages.total, stats.messages);
  assert.equal(messages.messages.length, 20);
  assert.deepEqual(Object.keys(messages.messages[0]), ['id', 'salonId', 'direction', 'body', 'sentAt']);
  assert.ok(stats.customers > 0);
  const analytics = (await target.get('/admin/ai/analytics/5')).body;
  assert.equal(analytics.salonId, 5);
  assert.equal(
    analytics.total,
    analytics.intents.reduce((sum: number, intent: { count: number }) => sum + intent.count, 0),
  );
  assert.deepEqual(Object.keys(analytics.intents[0]), ['intent', 'count', 'meanConfidence', 'meanLatencyMs']);
});

test('the booking service has exactly the salons with the ids 1 to 50', async () => {
  assert.equal((await target.get('/admin/stats/50')).status, 200);
  const { status, body } = await target.get('/admin/stats/51');
  assert.deepEqual([status, body.error], [404, 'unknown_salon']);
});

test('the booking service rejects an invalid request with an error message that names the invalid value', async () => {
  const cases = [
    { path: '/admin/bookings/x', status: 400, message: 'params/id must be a salon id such as 7' },
    { path: '/admin/bookings/1?phone=12', status: 400, message: 'querystring/phone must be a phone number' },
    { path: '/admin/nothing', status: 404, message: 'there is no GET /admin/nothing' },
    { path: '/webhook/jobs/1', status: 404, message: 'there is no job with this id' },
  ];
  for (const { path, status, message } of cases) {
    const response = await target.get(path);
    assert.equal(response.status, status, path);
    assert.ok(response.body.message.includes(message), response.body.message);
  }
  const bodies = [
    { body: { ...NEW_BOOKING, customerPhone: 5 }, message: 'customerPhone must be a phone number' },
    { body: { ...NEW_BOOKING, startsAt: 'tomorrow' }, message: 'startsAt must be an instant' },
    { body: { ...NEW_BOOKING, service: undefined }, message: "must have required property 'service'" },
    { body: { ...NEW_BOOKING, note: 'x' }, message: 'additional properties (note)' },
    { body: [], message: 'must be object' },
  ];
  for (const { body, message } of bodies) {
    const response = await target.post('/admin/bookings/1', body);
    assert.deepEqual([response.status, response.body.error], [400, 'invalid_request'], message);
    assert.ok(response.body.message.includes(message), response.body.message);
  }
});

test('admin requests without the valid token get a 401', async () => {
  for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'local-admin-token' }]) {
    for (const path of ['/admin/bookings/1', '/admin/stats/1', '/webhook/jobs/1']) {
      const { status, body } = await target.get(path, headers as Record<string, string>);
      assert.deepEqual([status, body.error], [401, 'unauthorized']);
    }
  }
});

test('a webhook request gets a 401 unless its signature matches the raw body', async () => {
  const body = whatsappMessage('wamid.signature');
  const invalidHeaders: Record<string, string>[] = [
    {},
    { 'content-type': 'application/json' },
    signatureHeaders(`${body} `),
    signatureHeaders(body, 'another secret'),
    { 'x-hub-signature-256': signatureHeaders(body)['x-hub-signature-256']?.slice(7) ?? '' },
  ];
  for (const headers of invalidHeaders) {
    const response = await target.webhook(body, headers);
    assert.deepEqual([response.status, response.body.error], [401, 'invalid_signature']);
  }
});

test('a signed webhook request without a valid WhatsApp message gets a 400 that says what is wrong', async () => {
  const cases = {
    '{': 'not JSON',
    '{}': 'object is not',
    [whatsappMessage('wamid.x', 0)]: 'not a salon id',
    [whatsappMessage('wamid.x', 51)]: 'there is no salon 51',
    [whatsappMessage('')]: 'has no id',
    [whatsappMessage('wamid.x', 1, 'unknown')]: 'not a phone number',
  };
  for (const [body, message] of Object.entries(cases)) {
    const response = await target.webhook(body);
    assert.deepEqual([response.status, response.body.error], [400, 'invalid_request'], body);
    assert.ok(response.body.message.includes(message), response.body.message);
  }
});

test('a WhatsApp message creates one booking and one confirmation, and the trace of the job has the duration of each step', async () => {
  const phone = '+447700900555';
  const body = whatsappMessage('wamid.flow', 9, phone);
  const accepted = await target.webhook(body);
  assert.equal(accepted.status, 202);
  assert.match(accepted.headers.get('server-timing') ?? '', /^validate;dur=[\d.]+, enqueue;dur=[\d.]+$/);
  const again = await Promise.all([target.webhook(body), target.webhook(body)]);
  for (const response of again) assert.deepEqual([response.status, response.body], [202, accepted.body]);

  const { body: trace } = await target.waitForJob(accepted.body.jobId);
  assert.equal(trace.state, 'done');
  assert.ok(trace.queuedMs >= 0 && trace.queuedMs < 500, `queued for ${trace.queuedMs} ms`);
  assert.deepEqual(
    trace.steps.map(({ name, ok, error }: Record<string, unknown>) => [name, ok, error]),
    [
      ['ai-processing', true, null],
      ['create-booking', true, null],
      ['send-confirmation', true, null],
    ],
  );
  const [, create] = trace.steps;
  assert.ok(create.durationMs >= 19, 'the booking held its connection for the hold time');

  assert.deepEqual((await target.webhook(body)).body, accepted.body);
  await delay(300);
  const list = await target.get(`/admin/bookings/9?phone=${encodeURIComponent(phone)}`);
  assert.deepEqual(
    list.body.bookings.map((booking: { id: number; service: string }) => [booking.id, booking.service]),
    [[trace.bookingId, 'Massage']],
  );
});

test('the seeded booking database has thirteen indexes and at least 10,000 bookings', async () => {
  const client = new pg.Client({ connectionString: target.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = 'load_suite' AND indexname LIKE 'idx_%'",
    );
    assert.equal(rows[0].n, 13);
    const { rows: tables } = await client.query('SELECT count(*)::int AS n FROM load_suite.bookings');
    assert.ok(tables[0].n >= 10_000);
  } finally {
    await client.end();
  }
});

test('a request holds its database connection for DB_QUERY_HOLD_MS', async () => {
  const started = performance.now();
  await target.get('/admin/stats/1');
  const durationMs = performance.now() - started;
  assert.ok(durationMs >= 19, `${durationMs} ms`);
});

test('the metrics of the service count every request exactly once, even if the client disconnects', async () => {
  const before = await target.metrics();
  await Promise.all(Array.from({ length: 37 }, () => target.get('/admin/stats/2')));
  for (let i = 0; i < 3; i++) await target.get('/admin/stats/2', {});
  for (let i = 0; i < 4; i++) await target.get('/nowhere');
  await target.get('/health');
  const disconnect = new AbortController();
  const call = fetch(`${target.endpoints.url}/admin/stats/2`, {
    headers: { authorization: 'Bearer local-admin-token' },
    signal: disconnect.signal,
  }).catch(() => undefined);
  await delay(8);
  disconnect.abort();
  await call;
  const series = (route: string, status: number) =>
    `http_requests_total{method="GET",route="${route}",status="${status}"}`;
  const increaseOf = async (name: string) => ((await target.metrics()).get(name) ?? 0) - (before.get(name) ?? 0);
  await eventually(async () => (await increaseOf(series('/admin/stats/:id', 499))) === 1);
  assert.equal(await increaseOf(series('/admin/stats/:id', 200)), 37);
  assert.equal(await increaseOf(series('/admin/stats/:id', 401)), 3);
  assert.equal(await increaseOf(series('unmatched', 404)), 4);
  const names = [...(await target.metrics()).keys()];
  assert.ok(!names.some((name) => /route="\/(health|metrics)"/.test(name)));
});

test('the cache of salons counts hits and misses, and evicts entries above its limit', async () => {
  const before = await target.metrics();
  for (let salon = 1; salon <= 30; salon++) await target.get(`/admin/stats/${salon}`);
  await target.get('/admin/stats/30');
  const after = await target.metrics();
  const increaseOf = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  assert.equal(increaseOf('cache_hits_total') + increaseOf('cache_misses_total'), 31);
  assert.ok(increaseOf('cache_hits_total') >= 1);
  assert.ok(increaseOf('cache_evictions_total') >= 10);
  assert.equal(after.get('cache_entries'), 20);
});
