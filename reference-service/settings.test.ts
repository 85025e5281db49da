import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedSettings, readSettings } from './settings.ts';

test('an empty environment gives the documented defaults', async () => {
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

test('values are parsed, and an empty one counts as absent', async () => {
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

const wrong = {
  TARGET_PRODUCT: { shop: /^TARGET_PRODUCT takes booking.*, but got "shop"$/ },
  CACHE_MAX_ENTRIES: { '0': /^CACHE_MAX_ENTRIES takes/ },
  PORT: { '65536': /^PORT takes a whole number from 0 to 65535, but got "65536"$/, '1.5': /^PORT takes/ },
  DB_ACQUIRE_TIMEOUT_MS: { '0': /^DB_ACQUIRE_TIMEOUT_MS takes/, '1e3': /got "1e3"$/, '-5': /got "-5"$/ },
  DATABASE_URL: {
    'mysql://me:secret@h/d':
      /^DATABASE_URL takes a URL such as postgresql:[^,]*, but got a value of another form$/,
  },
  TARGET_DATA_DIR: {
    'relative/path': /^TARGET_DATA_DIR takes an absolute path of a folder, but got "relative\/path"$/,
  },
  TARGET_FAULTS: {
    nope: /^TARGET_FAULTS: no fault is called "nope"; there are small-pool,/,
    'slow-ai:fast': /^TARGET_FAULTS: "slow-ai:fast" is not of the form name or name:number$/,
    'slow-ai:': /not of the form/,
    'whatsapp-429:7': /^TARGET_FAULTS: the value of whatsapp-429 is a number from 0 to 1/,
  },
};
for (const [name, values] of Object.entries(wrong)) {
  for (const [value, message] of Object.entries(values)) {
    test(`${name}=${value} is refused by name`, async () => {
      await assert.rejects(readSettings({ [name]: value }), { name: 'Problem', message });
    });
  }
}

test('all wrong variables are named at once', async () => {
  await assert.rejects(
    readSettings({ PORT: 'x', DB_POOL_MAX: '0' }),
    /^Problem: PORT takes .*; DB_POOL_MAX takes/,
  );
});

test('what is not as usual is told, without secrets and without the place on this machine', async () => {
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
  const [pool, jobs, faults] = [
    { DB_POOL_MAX: '20' },
    { JOB_CONCURRENCY: '8' },
    { TARGET_FAULTS: 'slow-ai:3000' },
  ];
  assert.deepEqual(await changedSettings(env), { ...pool, ...jobs, ...faults });
  assert.deepEqual(await changedSettings({}), {});
  await assert.rejects(changedSettings({ DB_POOL_MAX: '0' }), /^Problem: DB_POOL_MAX takes/);
});
