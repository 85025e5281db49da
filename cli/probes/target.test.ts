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

describe('columns', () => {
  const columns = targetSample(parsePrometheus(METRICS));

  test('are the metrics, added up over the labels that make no difference', () => {
    assert.equal(columns.residentBytes, 104_857_600);
    assert.equal(columns.heapUsedBytes, 52_428_800);
    assert.equal(columns.requests, 132);
  });

  test('are apart by the labels that do', () => {
    assert.equal(columns.connectionsActive, 3);
    assert.equal(columns.connectionsIdle, 17);
  });

  test('of several instances are their sum, and the worst where a sum would say nothing', () => {
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

  test('of zero are zero, and of metrics that are missing null', () => {
    assert.equal(columns.connectionsWaiting, 0);
    assert.equal(columns.cacheHits, null);
    assert.equal(columns.jobsQueued, null);
  });

  test('are the same whatever the target offers', () => {
    const names = Object.keys(columns);
    assert.deepEqual(names, Object.keys(TARGET_COLUMNS));
    assert.deepEqual(Object.keys(targetSample([])), names);
    assert.ok(Object.values(targetSample([])).every((value) => value === null));
  });

  test('that are no number are null', () => {
    for (const value of ['NaN', '+Inf'])
      assert.equal(targetSample(parsePrometheus(`db_pool_max ${value}`)).connectionsMax, null);
    assert.equal(
      targetSample(parsePrometheus('http_requests_total{a="1"} 5\nhttp_requests_total NaN')).requests,
      null,
    );
  });
});

describe('a sample', () => {
  test('is what the target tells at that moment', async (t) => {
    const url = await serve(t, (_, response) => response.end(METRICS));
    assert.deepEqual(await sampleTarget(url), targetSample(parsePrometheus(METRICS)));
  });

  test('is refused where the target answers with an error', async (t) => {
    const url = await serve(t, (_, response) => response.writeHead(500).end(METRICS));
    await assert.rejects(sampleTarget(`${url}/metrics`), { message: `${url}/metrics answered 500` });
  });

  test('is given up where the target does not answer in time', async (t) => {
    const url = await serve(t, () => {});
    await assert.rejects(sampleTarget(url), { name: 'TimeoutError' });
  });

  test('is given up where the answer does not end in time', async (t) => {
    const url = await serve(t, (_, response) => response.write('db_pool_max 20\n'));
    await assert.rejects(sampleTarget(url), { name: 'TimeoutError' });
  });

  test('fails where nobody listens', async () => {
    await assert.rejects(sampleTarget(await deadUrl()), (error) => causeOf(error) === 'ECONNREFUSED');
  });
});
