import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { faultsOf } from './faults/catalog.ts';
import { loadProduct } from './products/index.ts';
import { dataFolder, eventually, fetchJson, TestTarget, whatsappMessage } from './testing/target.ts';

let target: TestTarget;
before(async () => {
  target = await new TestTarget({
    TARGET_DATA_DIR: dataFolder(),
    DB_POOL_MAX: '10',
    DB_QUERY_HOLD_MS: '60',
    DB_ACQUIRE_TIMEOUT_MS: '150',
    TARGET_FAULTS: 'slow-ai:300',
  }).ready();
});
after(() => target?.stop());

const statuses = async (requests: number) => {
  const responses = await Promise.all(Array.from({ length: requests }, () => target.get('/admin/stats/1')));
  return responses.map(({ status, body }) => (status === 200 ? 'ok' : `${status} ${body.error}`));
};

async function jobSteps(id: string) {
  const { body } = await target.webhook(whatsappMessage(id));
  return (await target.waitForJob(body.jobId)).body.steps;
}

test('a fault in TARGET_FAULTS is active from the start, and the control endpoint lists the fault', async () => {
  const product = await loadProduct('booking');
  const { body } = await target.fault('GET');
  assert.deepEqual(
    body.faults.map(({ name, active, value }: Record<string, unknown>) => [name, active, value]),
    faultsOf(product).map(({ name }) => (name === 'slow-ai' ? [name, true, 300] : [name, false, null])),
  );
  assert.equal(await target.metric('faults_active{name="slow-ai"}'), 1);
});

test('the fault slow-ai increases the latency of the AI until the fault is removed', async () => {
  const [slow] = await jobSteps('wamid.slow');
  assert.ok(slow.durationMs >= 300, `${slow.durationMs} ms`);
  await target.fault('DELETE', 'slow-ai');
  const [normal] = await jobSteps('wamid.normal');
  assert.ok(normal.durationMs < 250, `${normal.durationMs} ms`);
  assert.equal(await target.metric('faults_active{name="slow-ai"}'), 0);
});

test('the fault whatsapp-429 makes the confirmation fail, but the booking succeeds', async () => {
  await target.fault('PUT', 'whatsapp-429', 1);
  const { body } = await target.webhook(whatsappMessage('wamid.429'));
  const { body: trace } = await target.waitForJob(body.jobId);
  await target.fault('DELETE', 'whatsapp-429');
  assert.equal(trace.state, 'failed');
  assert.ok(trace.bookingId > 0);
  const last = trace.steps.at(-1);
  assert.deepEqual([last.name, last.ok, last.error], ['send-confirmation', false, 'status 429']);
  assert.equal((await jobSteps('wamid.after429')).at(-1).ok, true);
});

test('the fault failing-ai makes jobs fail until the circuit breaker opens and stops calling the AI', async () => {
  await target.fault('PUT', 'failing-ai', 1);
  const errors: string[] = [];
  await eventually(async () => {
    const [step] = await jobSteps(`wamid.failing${errors.length}`);
    errors.push(step.error);
    return step.error === 'circuit breaker open';
  });
  await target.fault('DELETE', 'failing-ai');
  assert.ok(errors.length > 5, 'the circuit stays closed for a few failures');
  assert.deepEqual(new Set(errors), new Set(['status 500', 'circuit breaker open']));
  assert.equal(await target.metric('circuit_breaker_state{name="ai"}'), 2);
  assert.equal(await target.metric('circuit_breaker_state{name="whatsapp"}'), 0);
  const steps = await eventually(async () => {
    const trace = await jobSteps(`wamid.recovering${performance.now()}`);
    return trace[0].ok && trace;
  });
  assert.equal(steps.at(-1).ok, true);
  assert.equal(await target.metric('circuit_breaker_state{name="ai"}'), 0);
});

test('the fault small-pool makes requests wait and time out until the fault is removed', async () => {
  assert.deepEqual(new Set(await statuses(20)), new Set(['ok']));
  const before = await target.metric('db_pool_acquire_timeouts_total');
  await target.fault('PUT', 'small-pool', 2);
  assert.equal(await target.metric('db_pool_max'), 2);
  const results = await statuses(20);
  const timeouts = results.filter((result) => result === '503 db_pool_timeout').length;
  // A pool with two connections serves two requests every 60 ms, so some of the 20 requests exceed the timeout of 150
  // ms.
  assert.ok(timeouts >= 10 && timeouts <= 16, `${timeouts} of 20 timed out`);
  assert.equal(results.filter((result) => result === 'ok').length, 20 - timeouts);
  assert.equal((await target.metric('db_pool_acquire_timeouts_total')) - before, timeouts);
  assert.equal(await target.metric('db_pool_connections{state="idle"}'), 2);
  await target.fault('DELETE', 'small-pool');
  assert.equal(await target.metric('db_pool_max'), 10);
  assert.deepEqual(new Set(await statuses(20)), new Set(['ok']));
});

test('the fault connection-leak occupies all connections, and frees the connections when the fault is removed', async () => {
  await target.fault('PUT', 'connection-leak', 6000);
  await eventually(async () => (await target.metric('db_pool_connections{state="active"}')) === 10);
  assert.deepEqual(await statuses(1), ['503 db_pool_timeout']);
  assert.equal((await target.get('/health')).status, 200, 'the database itself is available');
  await target.fault('DELETE', 'connection-leak');
  assert.deepEqual(await statuses(1), ['ok']);
  await eventually(async () => (await target.metric('db_pool_connections{state="active"}')) === 0);
});

test('the fault heap-leak fills the JavaScript heap, and the fault buffer-leak fills memory outside the heap', async () => {
  for (const [fault, series] of [
    ['heap-leak', 'nodejs_heap_size_used_bytes'],
    ['buffer-leak', 'nodejs_external_memory_bytes'],
  ] as const) {
    const before = await target.metric(series);
    await target.fault('PUT', fault, 3600);
    await eventually(async () => (await target.metric(series)) > before + 80e6);
    await target.fault('DELETE', fault);
  }
  assert.ok((await target.metric('nodejs_heap_after_gc_bytes')) > 0);
});

test('the fault small-cache causes evictions until the fault is removed', async () => {
  const requestSalons = async () => {
    for (const salon of [1, 2, 3, 1, 2, 3]) await target.get(`/admin/stats/${salon}`);
    return target.metric('cache_evictions_total');
  };
  const before = await requestSalons();
  await target.fault('PUT', 'small-cache', 2);
  assert.equal((await requestSalons()) - before, 4, 'the third salon evicts the first, and so on');
  assert.equal(await target.metric('cache_entries'), 2);
  await target.fault('DELETE', 'small-cache');
  assert.equal((await requestSalons()) - before, 4);
});

test('the fault database-lock delays requests for bookings but not for messages', async () => {
  await target.fault('PUT', 'database-lock', 600);
  const durationOf = async (path: string) => {
    const started = performance.now();
    assert.equal((await target.get(path)).status, 200);
    return performance.now() - started;
  };
  const [messages, bookings] = await Promise.all([durationOf('/admin/messages/1'), durationOf('/admin/bookings/1')]);
  assert.ok(bookings > messages + 200, `${bookings} ms for bookings, ${messages} ms for messages`);
  await target.fault('DELETE', 'database-lock');
  assert.deepEqual(new Set(await statuses(12)), new Set(['ok']));
});

test('the fault refused-token affects only requests with a token, and the fault missing-route affects only one route', async () => {
  const statusOf = async (path: string) => (await target.get(path)).status;
  await target.fault('PUT', 'refused-token');
  assert.equal(await statusOf('/admin/stats/1'), 401);
  assert.equal((await target.webhook(whatsappMessage('wamid.signed'))).status, 202);
  await target.fault('DELETE', 'refused-token');
  await target.fault('PUT', 'missing-route');
  assert.deepEqual([await statusOf('/admin/ai/analytics/1'), await statusOf('/admin/stats/1')], [404, 200]);
  await target.fault('DELETE', 'missing-route');
  assert.equal(await statusOf('/admin/ai/analytics/1'), 200);
});

test('the fault rate-limit makes requests of a token above the rate get a 429, and does not affect other tokens', async () => {
  await target.fault('PUT', 'rate-limit', 5);
  const results = await statuses(12);
  assert.equal(results.filter((result) => result === '429 rate_limited').length, 7);
  assert.equal((await target.get('/admin/stats/1', { authorization: 'Bearer other' })).status, 401);
  assert.equal((await target.get('/health')).status, 200);
  await target.fault('DELETE', 'rate-limit');
  assert.deepEqual(new Set(await statuses(12)), new Set(['ok']));
});

test('the fault cpu-burn blocks the event loop for each request', async () => {
  await target.fault('PUT', 'cpu-burn', 50);
  const started = performance.now();
  await Promise.all(Array.from({ length: 4 }, () => target.get('/nowhere')));
  assert.ok(performance.now() - started >= 200);
  await target.fault('DELETE', 'cpu-burn');
});

test('the fault crash ends the service process after the given number of requests, and the metrics count the restart', async () => {
  const { body } = await target.webhook(whatsappMessage('wamid.crash'));
  const before = (await target.waitForJob(body.jobId)).body;
  await target.fault('PUT', 'crash', 3);
  await target.get('/nowhere');
  await target.get('/nowhere');
  assert.equal(await target.metric('target_restarts_total'), 0);
  await target.get('/nowhere');
  await eventually(async () => (await target.metric('target_restarts_total').catch(() => 0)) === 1);
  assert.equal(await target.metric('faults_active{name="crash"}'), 0);
  assert.match(target.log, /service ended \(exit code 1\); restarting it/);
  assert.ok(!target.log.includes('    at '), 'no stack trace');
  const stored = (await target.waitForJob(body.jobId)).body;
  assert.deepEqual([stored.state, stored.bookingId], [before.state, before.bookingId]);
});

test('after a crash, the next service process finishes a job of the crashed process exactly once', async () => {
  await target.fault('PUT', 'slow-ai', 1500);
  const phone = '+447700900777';
  const { body } = await target.webhook(whatsappMessage('wamid.survivor', 4, phone));
  await eventually(async () => (await target.get(`/webhook/jobs/${body.jobId}`)).body.state === 'running');
  await target.fault('DELETE', 'slow-ai');
  await target.fault('PUT', 'crash');
  await eventually(async () => (await target.metric('target_restarts_total').catch(() => 0)) === 2);
  const { body: trace } = await target.waitForJob(body.jobId);
  assert.equal(trace.state, 'done');
  const list = await target.get(`/admin/bookings/4?phone=${encodeURIComponent(phone)}`);
  assert.equal(list.body.total, 1);
});

test('the fault database-outage makes all database routes return 503 until the fault is removed', async () => {
  await target.fault('PUT', 'database-outage');
  assert.deepEqual(await statuses(2), ['503 database_unavailable', '503 database_unavailable']);
  const health = await target.get('/health');
  assert.deepEqual([health.status, health.body.error], [503, 'database_unavailable']);
  assert.equal((await target.webhook(whatsappMessage('wamid.outage'))).status, 503);
  await target.fault('DELETE', 'database-outage');
  assert.deepEqual(await statuses(2), ['ok', 'ok']);
  assert.equal((await jobSteps('wamid.outage')).length, 3, 'the repeated message is processed');
  assert.equal(await target.metric('target_restarts_total'), 2, 'the service did not restart');
});

test('the fault database-outage ends after the given number of seconds', async () => {
  await target.fault('PUT', 'database-outage', 0.5);
  assert.equal((await target.get('/health')).status, 503);
  await eventually(async () => (await target.get('/health')).status === 200);
  assert.equal(await target.metric('faults_active{name="database-outage"}'), 0);
});

test('the control endpoint rejects unknown faults, invalid values and unsupported methods with an error message', async () => {
  const unknown = await target.fault('PUT', 'nothing');
  assert.deepEqual([unknown.status, unknown.body.error], [404, 'unknown_fault']);
  assert.match(unknown.body.message, /use one of small-pool, heap-leak/);
  const value = await target.fault('PUT', 'whatsapp-429', 2);
  assert.deepEqual([value.status, value.body.error], [400, 'invalid_request']);
  assert.match(value.body.message, /from 0 to 1/);
  assert.equal((await target.fault('GET', 'crash')).status, 405);
  assert.equal((await fetchJson(`${target.endpoints.controlUrl}/other`)).status, 404);
});

test('the control endpoint rejects requests whose Host header is not 127.0.0.1 or localhost', async () => {
  const { request } = await import('node:http');
  const status = await new Promise((done) =>
    request(`${target.endpoints.controlUrl}/faults/crash`, {
      method: 'PUT',
      headers: { host: 'attacker.example' },
    })
      .on('response', (response) => done(response.resume().statusCode))
      .end(),
  );
  assert.equal(status, 403);
  await delay(100);
  assert.equal(await target.metric('target_restarts_total'), 2);
});
