import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Window } from '../../lib/core/telemetry/index.ts';
import { encodeExport, pointOf, sum } from '../testing/telemetry.ts';
import { type RemoteReceiver, receiveTelemetry } from './receiver.ts';

async function receiver(t: TestContext, remote?: RemoteReceiver) {
  const windows: Window[] = [];
  const { endpoint, [Symbol.asyncDispose]: close } = await receiveTelemetry(
    ({ window }) => windows.push(window),
    undefined,
    remote,
  );
  t.after(close);
  const post = (body: Uint8Array, path = '/v1/metrics', headers: Record<string, string> = {}) =>
    fetch(`http://${endpoint}${path}`, { method: 'POST', body: Buffer.from(body), headers });
  return { endpoint, windows, post };
}

const requests = (count: number) => encodeExport([sum('http_reqs', { ...pointOf({ status: '200' }), asInt: count })]);

test('the telemetry receiver passes on every export as a window, in order', async (t) => {
  const { post, windows, endpoint } = await receiver(t);
  assert.match(endpoint, /^127\.0\.0\.1:\d+$/);
  for (const count of [3, 5]) {
    const response = await post(requests(count));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/x-protobuf');
  }
  assert.deepEqual(
    windows.map(({ series }) => series),
    [3, 5].map((value) => [{ metric: 'http_reqs', tags: { status: '200' }, value }]),
  );
});

test('the telemetry receiver accepts an export without metrics, and passes on no window', async (t) => {
  const { post, windows } = await receiver(t);
  assert.equal((await post(encodeExport([]))).status, 200);
  assert.deepEqual(windows, []);
});

test('the telemetry receiver refuses an invalid export, and still accepts a valid export afterwards', async (t) => {
  const { post, windows } = await receiver(t);
  assert.equal((await post(new TextEncoder().encode('{"no": "protobuf"}'))).status, 400);
  assert.equal((await post(requests(1))).status, 200);
  assert.equal(windows.length, 1);
});

test('the telemetry receiver accepts a compressed export', async (t) => {
  const { post, windows } = await receiver(t);
  const compressed = { 'Content-Encoding': 'gzip' };
  assert.equal((await post(gzipSync(requests(3)), '/v1/metrics', compressed)).status, 200);
  assert.deepEqual(
    windows.map(({ series }) => series.map(({ value }) => value)),
    [[3]],
  );
  assert.equal((await post(requests(3), '/v1/metrics', compressed)).status, 400);
  assert.equal((await post(gzipSync(requests(3)).subarray(0, -9), '/v1/metrics', compressed)).status, 400);
  assert.equal(windows.length, 1);
});

test('the telemetry receiver returns HTTP 404 for unknown paths and methods', async (t) => {
  const { endpoint, post, windows } = await receiver(t);
  assert.equal((await post(requests(1), '/v1/traces')).status, 404);
  assert.equal((await fetch(`http://${endpoint}/v1/metrics`)).status, 404);
  assert.deepEqual(windows, []);
});

test('the telemetry receiver refuses an export that is too large, and accepts the next export', async (t) => {
  const { post, windows } = await receiver(t);
  const name = 'x'.repeat(33 * 1024 * 1024);
  const large = encodeExport([sum('http_reqs', { ...pointOf({ name }), asInt: 1 })]);
  const outcome = await post(large).then(
    ({ status }) => status,
    () => 'connection closed',
  );
  assert.ok(outcome === 400 || outcome === 'connection closed', `${outcome}`);
  assert.deepEqual(windows, []);
  assert.equal((await post(requests(1))).status, 200);
  assert.equal(windows.length, 1);
});

test('a closed telemetry receiver refuses connections', async () => {
  const closing = await receiveTelemetry(() => {});
  await closing[Symbol.asyncDispose]();
  await assert.rejects(fetch(`http://${closing.endpoint}/v1/metrics`, { method: 'POST', body: 'x' }));
});

test('the telemetry receiver requires a token in requests from other machines', async (t) => {
  const { post, windows } = await receiver(t, { port: 0, token: 'token-5be1' });
  for (const authorization of ['', 'Bearer', 'Bearer token-5be', 'Bearer token-5be11', 'token-5be1'])
    assert.equal((await post(requests(3), '/v1/metrics', { authorization })).status, 401, authorization);
  assert.deepEqual(windows, []);
  assert.equal((await post(requests(3), '/v1/metrics', { authorization: 'Bearer token-5be1' })).status, 200);
  assert.equal(windows.length, 1);
});

test('if the port of the telemetry receiver is in use, the error names the port', async (t) => {
  const { endpoint } = await receiver(t);
  const port = Number(endpoint.split(':')[1]);
  await assert.rejects(
    receiveTelemetry(() => {}, undefined, { port, token: 'token-5be1' }),
    /^Problem: Port \d+ is already in use, so the runner cannot receive telemetry on it\.$/,
  );
});
