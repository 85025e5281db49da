import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceOf } from '../../lib/core/testing/evidence.ts';
import { serve } from '../testing/environment.ts';
import { openStores, storeSettings, storeVariables, withoutExporterVariables } from './stores.ts';

const { run } = evidenceOf();
const RUN = `${run.product}/${run.test}/${run.id}`;
const opened = (env: NodeJS.ProcessEnv) => openStores({ stores: storeSettings(env), env }, { run }, 1000);

test('k6 receives no settings for metric stores if no store is configured', async () => {
  await using stores = opened({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    K6_PROMETHEUS_RW_SERVER_URL: 'http://127.0.0.1:9',
  });
  const { outputs, tags, env } = stores;
  assert.deepEqual({ outputs, tags, env }, { outputs: [], tags: {}, env: {} });
  stores.forward(Buffer.from('post'));
  assert.deepEqual(await stores.finish(new AbortController().signal), []);
});

test('with Prometheus remote write, k6 receives an output, the run ID and the settings of the user', async () => {
  await using stores = opened({ PROMETHEUS_RW_URL: 'http://127.0.0.1:9/write', K6_FEATURES: 'freeze-env' });
  assert.deepEqual(stores.outputs, ['experimental-prometheus-rw']);
  assert.deepEqual(stores.tags, { testid: RUN });
  assert.deepEqual(stores.env, {
    K6_PROMETHEUS_RW_SERVER_URL: 'http://127.0.0.1:9/write',
    K6_FEATURES: 'freeze-env,native-histograms',
    K6_PROMETHEUS_RW_PUSH_INTERVAL: '1000ms',
  });
});

test('with an OTLP store, k6 only receives the run ID, and the runner forwards telemetry to the store', async (t) => {
  const paths: (string | undefined)[] = [];
  const url = await serve(t, (request, response) => {
    paths.push(request.url);
    request.resume().on('end', () => response.end());
  });
  for (const base of [url, `${url}/otlp/`, `${url}/otlp/v1/metrics`]) {
    await using stores = opened({ OTLP_URL: base, OTEL_RESOURCE_ATTRIBUTES: 'team=a' });
    assert.deepEqual(stores.outputs, []);
    assert.deepEqual(stores.env, { OTEL_RESOURCE_ATTRIBUTES: `team=a,testid=${RUN}` });
    stores.forward(Buffer.from('post'));
    assert.deepEqual(await stores.finish(new AbortController().signal), []);
  }
  assert.deepEqual(paths, ['/v1/metrics', '/otlp/v1/metrics', '/otlp/v1/metrics']);
});

test('the variables of a metric store are ignored if the URL of the store is not set', () => {
  const credentials = { OTEL_EXPORTER_OTLP_HEADERS: 'malformed', K6_PROMETHEUS_RW_BEARER_TOKEN: 't' };
  assert.deepEqual(storeVariables(credentials), []);
  assert.deepEqual(storeVariables({ ...credentials, OTLP_URL: 'http://127.0.0.1' }), [
    'OTLP_URL',
    'OTEL_EXPORTER_OTLP_HEADERS',
  ]);
});

test('k6 receives no empty variables, and no variables that would change its telemetry to the runner', () => {
  const kept = { OTEL_SERVICE_NAME: 'x', K6_PROMETHEUS_RW_USERNAME: 'team' };
  const others = {
    OTEL_EXPORTER_OTLP_HEADERS: 'a=b',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    K6_PROMETHEUS_RW_HTTP_HEADERS: '',
  };
  assert.deepEqual(withoutExporterVariables({ ...kept, ...others }), kept);
});
