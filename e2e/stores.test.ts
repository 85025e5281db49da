import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { decodeExports } from '../cli/telemetry/otlp.ts';
import { serve } from '../cli/testing/environment.ts';
import { METRICS } from '../lib/core/metrics/index.ts';
import type { Window } from '../lib/core/telemetry/index.ts';
import { RemoteWriteStore } from './remote-write.ts';
import { assertRefused, assertVerdict, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const TOKEN = 'token-of-the-store-4b1d';
const PASSWORD = 'password-of-the-store-9c2e';

/** Serves a metrics store that records the path and credentials of every request. */
async function serveStore(t: TestContext, keep: (body: Buffer) => void) {
  const authorizations = new Set<string | undefined>();
  const paths = new Set<string | undefined>();
  const url = await serve(t, async (request, response) => {
    const body = await buffer(request);
    authorizations.add(request.headers.authorization);
    paths.add(request.url);
    keep(body);
    response.end();
  });
  return { url, authorizations, paths };
}

test('a run sends measurements to OTLP and Prometheus stores and writes no store credentials to files', async (t) => {
  const windows: Window[] = [];
  const otlp = await serveStore(t, (body) => {
    windows.push(...decodeExports(body, new Set(Object.values(METRICS))).map(({ window }) => window));
  });
  const prometheus = new RemoteWriteStore();
  const remoteWrite = await serveStore(t, (body) => prometheus.write(body));
  const exit = await sandbox.run(
    ['smoke', '--otlp', `${otlp.url}/otlp`, '--prometheus-rw', `${remoteWrite.url}/api/v1/write`],
    {
      env: {
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${TOKEN}`,
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        K6_PROMETHEUS_RW_USERNAME: 'team',
        K6_PROMETHEUS_RW_PASSWORD: PASSWORD,
      },
    },
  );
  assertVerdict(exit, 0, 'GO');
  const run = sandbox.lastRun;
  const { totals, endpoints, run: runInfo } = run.result;
  assert.deepEqual(runInfo.notes, []);

  assert.deepEqual([...otlp.paths], ['/otlp/v1/metrics']);
  assert.deepEqual([...otlp.authorizations], [`Bearer ${TOKEN}`]);
  assert.deepEqual(windows, run.windows());

  const basic = Buffer.from(`team:${PASSWORD}`).toString('base64');
  assert.deepEqual([...remoteWrite.authorizations], [`Basic ${basic}`]);
  assert.equal(prometheus.sum('k6_http_reqs_total'), totals.requests);
  const durations = prometheus.seriesNamed('k6_http_req_duration_seconds');
  assert.ok(durations.length > 0 && durations.every(({ isHistogram }) => isHistogram));
  for (const { name, requests } of endpoints) {
    const ofEndpoint = durations.filter(({ labels }) => labels.name === name);
    assert.equal(
      ofEndpoint.reduce((sum, { value }) => sum + value, 0),
      requests,
      name,
    );
  }
  for (const { labels } of prometheus.series)
    assert.equal(labels.testid, `booking/smoke/${runInfo.id}`, labels.__name__);

  for (const secret of [TOKEN, PASSWORD, basic]) {
    for (const file of run.names) assert.ok(!run.read(file).includes(secret), file);
    assert.ok(!(exit.stdout + exit.stderr).includes(secret));
  }
});

test('a run keeps its verdict if a metrics store fails, and notes the lost data', async (t) => {
  const silent: RequestListener = (request) => void request.resume();
  const broken: RequestListener = (request, response) =>
    void request.resume().on('end', () => response.writeHead(500).end());
  const stores = ['--otlp', await serve(t, silent), '--prometheus-rw', await serve(t, broken)];
  const exit = await sandbox.run(['smoke', ...stores]);
  assertVerdict(exit, 0, 'GO');
  const { result } = sandbox.lastRun;
  assert.equal(result.generator.requestsByK6, result.totals.requests);
  const [k6Note = '', otlpNote = ''] = result.run.notes;
  assert.equal(result.run.notes.length, 2);
  assert.match(k6Note, /^k6 error( \(\d+ times\))?: Failed to send the time series data .* status code: 500/);
  const [, posts] = /^OTLP store: (\d+) of \1 posts were lost \(\1: not sent before the end\)$/.exec(otlpNote) ?? [];
  assert.ok(Number(posts) >= sandbox.lastRun.windows().length, otlpNote);
  for (const note of result.run.notes) assert.ok(exit.stdout.replace(/\s+/g, ' ').includes(note), note);
});

test('run refuses an invalid URL of a metrics store before it starts a process', async () => {
  const expected = 'must be an http or https URL without credentials';
  for (const [option, name] of [
    ['--otlp', 'OTLP_URL'],
    ['--prometheus-rw', 'PROMETHEUS_RW_URL'],
  ] as const) {
    const exit = await sandbox.run(['smoke', option, 'https://me:pass-5d2f@store.example.com']);
    assertRefused(exit, 2, name, expected);
    assert.ok(!exit.stderr.includes('pass-5d2f'));
  }
  assertRefused(await sandbox.runCommand(['campaign', '--otlp', 'store.example.com']), 2, 'OTLP_URL', expected);
});
