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

test('health says that the service and its database are there', async () => {
  const { status, body } = await target.get('/health', {});
  assert.deepEqual([status, body], [200, { status: 'ok', product: 'booking' }]);
});

test('a booking that is made is listed first, for its salon and for its customer', async () => {
  const before = await target.get('/admin/bookings/3');
  assert.equal(before.body.salonId, 3);
  assert.equal(before.body.bookings.length, 20);
  const made = await target.post('/admin/bookings/3', NEW_BOOKING);
  assert.equal(made.status, 201);
  const { id, ...rest } = made.body;
  assert.deepEqual(rest, {
    salonId: 3,
    customerPhone: NEW_BOOKING.customerPhone,
    service: 'Haircut',
    startsAt: '2025-06-01T10:00:00.000Z',
    status: 'confirmed',
  });
  const all = await target.get('/admin/bookings/3');
  assert.equal(all.body.total, before.body.total + 1);
  assert.deepEqual(all.body.bookings[0], made.body);
  const own = await target.get(`/admin/bookings/3?phone=${encodeURIComponent(NEW_BOOKING.customerPhone)}`);
  assert.deepEqual([own.body.total, own.body.bookings.map((b: { id: number }) => b.id)], [1, [id]]);
});

test('statistics, messages and analytics have the promised shape and agree with each other', async () => {
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

test('every seeded salon is there, and no other', async () => {
  assert.equal((await target.get('/admin/stats/50')).status, 200);
  const { status, body } = await target.get('/admin/stats/51');
  assert.deepEqual([status, body.error], [404, 'unknown_salon']);
});

test('what is wrong with a request is said in words', async () => {
  const cases = [
    { path: '/admin/bookings/x', status: 400, says: 'params/id must be a salon id such as 7' },
    { path: '/admin/bookings/1?phone=12', status: 400, says: 'querystring/phone must be a phone number' },
    { path: '/admin/nothing', status: 404, says: 'there is no GET /admin/nothing' },
    { path: '/webhook/jobs/1', status: 404, says: 'no such job' },
  ];
  for (const { path, status, says } of cases) {
    const reply = await target.get(path);
    assert.equal(reply.status, status, path);
    assert.ok(reply.body.message.includes(says), reply.body.message);
  }
  const bodies = [
    { body: { ...NEW_BOOKING, customerPhone: 5 }, says: 'customerPhone must be a phone number' },
    { body: { ...NEW_BOOKING, startsAt: 'tomorrow' }, says: 'startsAt must be an instant' },
    { body: { ...NEW_BOOKING, service: undefined }, says: "must have required property 'service'" },
    { body: { ...NEW_BOOKING, note: 'x' }, says: 'additional properties (note)' },
    { body: [], says: 'must be object' },
  ];
  for (const { body, says } of bodies) {
    const reply = await target.post('/admin/bookings/1', body);
    assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_request'], says);
    assert.ok(reply.body.message.includes(says), reply.body.message);
  }
});

test('without the right token there is no answer', async () => {
  for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'local-admin-token' }]) {
    for (const path of ['/admin/bookings/1', '/admin/stats/1', '/webhook/jobs/1']) {
      const { status, body } = await target.get(path, headers as Record<string, string>);
      assert.deepEqual([status, body.error], [401, 'unauthorized']);
    }
  }
});

test('a webhook is refused unless its signature covers the very bytes that were sent', async () => {
  const body = whatsappMessage('wamid.signature');
  const wrong: Record<string, string>[] = [
    {},
    { 'content-type': 'application/json' },
    signatureHeaders(`${body} `),
    signatureHeaders(body, 'another secret'),
    { 'x-hub-signature-256': signatureHeaders(body)['x-hub-signature-256']?.slice(7) ?? '' },
  ];
  for (const headers of wrong) {
    const reply = await target.webhook(body, headers);
    assert.deepEqual([reply.status, reply.body.error], [401, 'invalid_signature']);
  }
});

test('a signed webhook that is no WhatsApp message is refused, saying what is missing', async () => {
  const cases = {
    '{': 'not JSON',
    '{}': 'object is not',
    [whatsappMessage('wamid.x', 0)]: 'not a salon id',
    [whatsappMessage('wamid.x', 51)]: 'there is no salon 51',
    [whatsappMessage('')]: 'has no id',
    [whatsappMessage('wamid.x', 1, 'nobody')]: 'not a phone number',
  };
  for (const [body, says] of Object.entries(cases)) {
    const reply = await target.webhook(body);
    assert.deepEqual([reply.status, reply.body.error], [400, 'invalid_request'], body);
    assert.ok(reply.body.message.includes(says), reply.body.message);
  }
});

test('a message becomes a booking and a confirmation, with each step timed, and only once', async () => {
  const phone = '+447700900555';
  const body = whatsappMessage('wamid.flow', 9, phone);
  const accepted = await target.webhook(body);
  assert.equal(accepted.status, 202);
  assert.match(accepted.headers.get('server-timing') ?? '', /^validate;dur=[\d.]+, enqueue;dur=[\d.]+$/);
  const again = await Promise.all([target.webhook(body), target.webhook(body)]);
  for (const reply of again) assert.deepEqual([reply.status, reply.body], [202, accepted.body]);

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
  assert.ok(create.durationMs >= 19, 'the booking occupied its connection for the hold time');

  assert.deepEqual((await target.webhook(body)).body, accepted.body);
  await delay(300);
  const list = await target.get(`/admin/bookings/9?phone=${encodeURIComponent(phone)}`);
  assert.deepEqual(
    list.body.bookings.map((booking: { id: number; service: string }) => [booking.id, booking.service]),
    [[trace.bookingId, 'Massage']],
  );
});

test('the seeded tables have the thirteen indexes and at least 10,000 bookings', async () => {
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

test('a unit of work occupies its connection for the hold time', async () => {
  const started = performance.now();
  await target.get('/admin/stats/1');
  const tookMs = performance.now() - started;
  assert.ok(tookMs >= 19, `${tookMs} ms`);
});

test('the metrics count every request exactly once, whatever became of it', async () => {
  const before = await target.metrics();
  await Promise.all(Array.from({ length: 37 }, () => target.get('/admin/stats/2')));
  for (let i = 0; i < 3; i++) await target.get('/admin/stats/2', {});
  for (let i = 0; i < 4; i++) await target.get('/nowhere');
  await target.get('/health');
  const gone = new AbortController();
  const call = fetch(`${target.endpoints.url}/admin/stats/2`, {
    headers: { authorization: 'Bearer local-admin-token' },
    signal: gone.signal,
  }).catch(() => undefined);
  await delay(8);
  gone.abort();
  await call;
  const series = (route: string, status: number) =>
    `http_requests_total{method="GET",route="${route}",status="${status}"}`;
  const grew = async (name: string) => ((await target.metrics()).get(name) ?? 0) - (before.get(name) ?? 0);
  await eventually(async () => (await grew(series('/admin/stats/:id', 499))) === 1);
  assert.equal(await grew(series('/admin/stats/:id', 200)), 37);
  assert.equal(await grew(series('/admin/stats/:id', 401)), 3);
  assert.equal(await grew(series('unmatched', 404)), 4);
  const names = [...(await target.metrics()).keys()];
  assert.ok(!names.some((name) => /route="\/(health|metrics)"/.test(name)));
});

test('the cache counts hits and misses, and evicts what does not fit', async () => {
  const before = await target.metrics();
  for (let salon = 1; salon <= 30; salon++) await target.get(`/admin/stats/${salon}`);
  await target.get('/admin/stats/30');
  const after = await target.metrics();
  const grew = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  assert.equal(grew('cache_hits_total') + grew('cache_misses_total'), 31);
  assert.ok(grew('cache_hits_total') >= 1);
  assert.ok(grew('cache_evictions_total') >= 10);
  assert.equal(after.get('cache_entries'), 20);
});
