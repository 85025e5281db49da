import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSettings, testSettings } from './settings.ts';

test('without environment variables, a run is unscaled, local, and uses the reference service', () => {
  assert.deepEqual(runSettings({}, false), {
    environment: 'local',
    apiUrl: null,
    scale: { time: 1, vus: 1 },
    seed: 1,
    generators: 1,
    probes: [],
    stores: { otlp: null, prometheusUrl: null },
    env: {},
  });
});

test('runSettings parses variables and passes the environment on unchanged', () => {
  const env = {
    TEST_ENV: 'staging',
    API_URL: 'https://api.example.com/',
    TIME_SCALE: '0.5',
    SEED: '7',
    GENERATORS: '3',
    TARGET_PROCESS: ':3000',
    OTLP_URL: 'http://127.0.0.1:4318',
    DB_POOL_MAX: '20',
  };
  const { probes, ...settings } = runSettings(env, false);
  assert.deepEqual(settings, {
    environment: 'staging',
    apiUrl: 'https://api.example.com/',
    scale: { time: 0.5, vus: 1 },
    seed: 7,
    generators: 3,
    stores: { otlp: { url: 'http://127.0.0.1:4318/v1/metrics', headers: {} }, prometheusUrl: null },
    env,
  });
  assert.deepEqual(
    probes.map(({ name }) => name),
    ['target', 'process'],
  );
});

test('one error names every invalid variable, including those of probes and stores', () => {
  const env = { SEED: 'x', GENERATORS: '0', TARGET_PROCESS: 'node', OTLP_URL: 'ftp://a' };
  assert.throws(
    () => runSettings(env, false),
    ({ message }: Error) => {
      const named = message.split('\n').map((line) => line.split(' ')[0]);
      assert.deepEqual(named, ['SEED', 'GENERATORS', 'TARGET_PROCESS', 'OTLP_URL']);
      return true;
    },
  );
});

test('testSettings ignores invalid variables that only a run uses', () => {
  assert.equal(testSettings({ GENERATORS: '0', TARGET_PROCESS: 'node' }).seed, 1);
});

test('runSettings refuses production without --allow-production', () => {
  const env = { TEST_ENV: 'production', API_URL: 'https://api.example.com' };
  assert.throws(() => runSettings(env, false), /TEST_ENV=production also requires --allow-production/);
  assert.equal(runSettings(env, true).environment, 'production');
});
