import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TARGET_COLUMNS } from '../../lib/core/evidence/index.ts';
import { causeOf } from '../support/network.ts';
import { deadUrl, serve } from '../testing/environment.ts';
import { parsePrometheus } from './prometheus.ts';
import { sampleTarget, targetSample } from './target.ts';

const METRICS = `
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 104857600
nodejs_heap_size_used_bytes 52428800
nodejs_external_memory_bytes 1048576
db_pool_max 20
db_pool_connections{state="active"} 3
db_pool_connections{state="idle"} 17
db_pool_waiting 0
http_requests_total{method="GET",status="200"} 100
http_requests_total{method="GET",status="500"} 2
http_requests_total{method="POST",status="201"} 30
`;

describe('targetSample', () => {
  const columns = targetSample(parsePrometheus(METRICS));

  test('targetSample adds up series that only differ in labels that the column does not specify', () => {
    assert.equal(columns.residentBytes, 104_857_600);
    assert.equal(columns.heapUsedBytes, 52_428_800);
    assert.equal(columns.requests, 132);
  });

  test('targetSample only uses series that have the labels of the column', () => {
    assert.equal(columns.connectionsActive, 3);
    assert.equal(columns.connectionsIdle, 17);
  });

  test('targetSample combines instances by sum or by maximum, as the column declares', () => {
    const columns = targetSample(
      parsePrometheus(`
db_pool_max{instance="a"} 20
db_pool_max{instance="b"} 30
target_restarts_total{instance="a"} 1
target_restarts_total{instance="b"} 0
nodejs_eventloop_lag_p99_seconds{instance="a"} 0.012
nodejs_eventloop_lag_p99_seconds{instance="b"} 0.25
circuit_breaker_state{name="ai"} 2
circuit_breaker_state{name="whatsapp"} 0
`),
    );
    assert.equal(columns.connectionsMax, 50);
    assert.equal(columns.restarts, 1);
    assert.equal(columns.eventLoopLagP99Seconds, 0.25);
    assert.equal(columns.circuitBreakerState, 2);
  });

  test('targetSample returns 0 for a metric that is 0, and null for a missing metric', () => {
    assert.equal(columns.connectionsWaiting, 0);
    assert.equal(columns.cacheHits, null);
    assert.equal(columns.jobsQueued, null);
  });

  test('targetSample returns the same columns for any response', () => {
    const names = Object.keys(columns);
    assert.deepEqual(names, Object.keys(TARGET_COLUMNS));
    assert.deepEqual(Object.keys(targetSample([])), names);
    assert.ok(Object.values(targetSample([])).every((value) => value === null));
  });

  test('targetSample returns null for values that are not numbers', () => {
    for (const value of ['NaN', '+Inf'])
      assert.equal(targetSample(parsePrometheus(`db_pool_max ${value}`)).connectionsMax, null);
    assert.equal(targetSample(parsePrometheus('http_requests_total{a="1"} 5\nhttp_requests_total NaN')).requests, null);
  });
});

describe('sampleTarget', () => {
  test('sampleTarget returns the current values of the metrics', async (t) => {
    const url = await serve(t, (_, response) => response.end(METRICS));
    assert.deepEqual(await sampleTarget(url), targetSample(parsePrometheus(METRICS)));
  });

  test('sampleTarget fails if the target returns an error status', async (t) => {
    const url = await serve(t, (_, response) => response.writeHead(500).end(METRICS));
    await assert.rejects(sampleTarget(`${url}/metrics`), { message: `${url}/metrics returned HTTP 500` });
  });

  test('sampleTarget fails if the target does not respond within the timeout', async (t) => {
    const url = await serve(t, () => {});
    await assert.rejects(sampleTarget(url), { name: 'TimeoutError' });
  });

  test('sampleTarget fails if the response does not end within the timeout', async (t) => {
    const url = await serve(t, (_, response) => response.write('db_pool_max 20\n'));
    await assert.rejects(sampleTarget(url), { name: 'TimeoutError' });
  });

  test('sampleTarget fails if the connection is refused', async () => {
    await assert.rejects(sampleTarget(await deadUrl()), (error) => causeOf(error) === 'ECONNREFUSED');
  });
});
