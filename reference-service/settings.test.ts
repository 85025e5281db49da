import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedSettings, readSettings } from './settings.ts';

test('readSettings returns the documented defaults if no environment variable is set', async () => {
  const { dataDir, product, ...rest } = await readSettings({});
  assert.match(dataDir, /load-suite-\d+\/[0-9a-f]{12}$/);
  assert.equal(product.name, 'booking');
  assert.deepEqual(rest, {
    mode: 'process',
    instances: 2,
    port: 0,
    controlPort: 0,
    adminToken: 'local-admin-token',
    databaseUrl: undefined,
    poolMax: 50,
    acquireTimeoutMs: 750,
    queryHoldMs: 116,
    providerLatencyScale: 1,
    providerFailureScale: 1,
    faults: {},
    productSettings: { webhookSecret: 'local-webhook-secret', jobConcurrency: 64, cacheMaxEntries: 1000 },
  });
});

test('readSettings parses environment variables, and treats an empty variable as not set', async () => {
  const settings = await readSettings({
    PORT: '4010',
    DB_POOL_MAX: '',
    PROVIDER_LATENCY_SCALE: '0.1',
    TARGET_FAULTS: 'slow-ai:3000, small-pool',
  });
  assert.equal(settings.port, 4010);
  assert.equal(settings.poolMax, 50);
  assert.equal(settings.providerLatencyScale, 0.1);
  assert.deepEqual(settings.faults, { 'slow-ai': 3000, 'small-pool': 5 });
});

const INVALID_VALUES = {
  TARGET_PRODUCT: { shop: /^TARGET_PRODUCT is "shop", but it must be one of booking(, |$)/ },
  CACHE_MAX_ENTRIES: { '0': /^CACHE_MAX_ENTRIES is "0", but it must be/ },
  PORT: {
    '65536': /^PORT is "65536", but it must be a whole number from 0 to 65535$/,
    '1.5': /^PORT is "1.5"/,
  },
  DB_ACQUIRE_TIMEOUT_MS: {
    '0': /^DB_ACQUIRE_TIMEOUT_MS is "0", but it must be/,
    '1e3': /is "1e3", but/,
    '-5': /is "-5", but/,
  },
  DATABASE_URL: {
    'mysql://me:secret@h/d':
      /^DATABASE_URL is malformed \(its value is a secret and not shown\), but it must be a URL such as postgresql:[^,]*$/,
  },
  TARGET_DATA_DIR: {
    'relative/path': /^TARGET_DATA_DIR is "relative\/path", but it must be an absolute path of a folder$/,
  },
  TARGET_FAULTS: {
    nope: /^TARGET_FAULTS: there is no fault "nope"; use one of small-pool,/,
    'slow-ai:fast': /^TARGET_FAULTS: "slow-ai:fast" must have the form name or name:number$/,
    'slow-ai:': /must have the form/,
    'whatsapp-429:7': /^TARGET_FAULTS: the value of whatsapp-429 is 7, but it must be a number from 0 to 1/,
  },
};
for (const [name, values] of Object.entries(INVALID_VALUES)) {
  for (const [value, message] of Object.entries(values)) {
    test(`readSettings rejects ${name}=${value}`, async () => {
      await assert.rejects(readSettings({ [name]: value }), { name: 'Problem', message });
    });
  }
}

test('readSettings throws one error that lists all invalid variables', async () => {
  await assert.rejects(
    readSettings({ PORT: 'x', DB_POOL_MAX: '0' }),
    /^Problem: PORT is "x", but it must be .*; DB_POOL_MAX is "0", but it must be/,
  );
});

test('changedSettings returns all settings that differ from the defaults, except for secrets, ports and folders', async () => {
  const env = {
    DB_POOL_MAX: '20',
    DB_QUERY_HOLD_MS: '116',
    CACHE_MAX_ENTRIES: '1000',
    JOB_CONCURRENCY: '8',
    TARGET_FAULTS: 'slow-ai:3000',
    TARGET_DATA_DIR: '/data',
    PORT: '4010',
    ADMIN_TOKEN: 'another-token',
    WEBHOOK_SECRET: 'another-secret',
    DATABASE_URL: 'postgresql://me:password@127.0.0.1/db',
    HOME: '/home/me',
  };
  const [pool, jobs, faults] = [{ DB_POOL_MAX: '20' }, { JOB_CONCURRENCY: '8' }, { TARGET_FAULTS: 'slow-ai:3000' }];
  assert.deepEqual(await changedSettings(env), { ...pool, ...jobs, ...faults });
  assert.deepEqual(await changedSettings({}), {});
  await assert.rejects(changedSettings({ DB_POOL_MAX: '0' }), /^Problem: DB_POOL_MAX is "0", but it must be/);
});
