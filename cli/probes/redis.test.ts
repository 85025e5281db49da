import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { REDIS_COLUMNS } from '../../lib/core/evidence/index.ts';
import { causeOf } from '../support/network.ts';
import { ROOT } from '../support/paths.ts';
import { deadUrl, temporaryFolder } from '../testing/environment.ts';
import type { Probe, Sample } from './probe.ts';
import { parseRedisInfo, prefixOf, redisDetails, redisProbe, redisSample } from './redis.ts';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
const withRedis = { skip: isInstalled ? false : 'redis-server is not installed' };

const PASSWORD = 'redis-pass@4711';
const START_TIMEOUT_MS = 10_000;

/** Starts a real Redis server for one test. */
async function startRedis(
  t: TestContext,
  options: string[] = [],
  port?: string,
): Promise<{ url: string; port: string; stop(): Promise<void> }> {
  const usedPort = port ?? new URL(await deadUrl()).port;
  const server = spawn(
    'redis-server',
    ['--port', usedPort, '--bind', '127.0.0.1', '--dir', temporaryFolder(t), '--save', '', ...options],
    { stdio: 'ignore' },
  );
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  t.after(stop);
  return { url: `redis://127.0.0.1:${usedPort}`, port: usedPort, stop };
}

async function clientOf(t: TestContext, url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: 50 } });
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.destroy());
  return client;
}

/** Returns a probe that has connected. Retries, because the server may still be starting. */
async function probeOf(t: TestContext, url: string, scanKeys: number | null = null): Promise<Probe> {
  const probe = redisProbe(url, scanKeys);
  t.after(() => probe.close());
  await firstSample(probe);
  return probe;
}

async function firstSample(probe: Probe): Promise<Sample> {
  const end = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      return await probe.sample();
    } catch (error) {
      if (!isRefused(error) || Date.now() > end) throw error;
    }
    await sleep(50);
  }
}

const isRefused = (error: unknown) => /ECONNREFUSED/.test(causeOf(error));

describe('the Redis probe with a real server', withRedis, () => {
  test('the Redis probe reports clients, memory, keys, hits and misses', async (t) => {
    const { url } = await startRedis(t, ['--maxmemory', '100mb']);
    const probe = await probeOf(t, url);
    const client = await clientOf(t, url);
    await client.set('a:1', 'x');
    await client.set('a:2', 'y');
    await client.get('a:1');
    await client.get('a:missing');
    const sample = await probe.sample();
    assert.deepEqual(Object.keys(sample).sort(), Object.values(REDIS_COLUMNS).sort());
    const { usedBytes, ...rest } = sample;
    assert.ok(Number(usedBytes) > 100_000);
    assert.deepEqual(rest, {
      clients: 2,
      maxBytes: 100 * 1024 ** 2,
      keys: 2,
      hits: 1,
      misses: 1,
      evictions: 0,
      rejectedConnections: 0,
    });
    const { redis } = (await probe.details?.()) ?? {};
    assert.match(redis?.version ?? '', /^(Redis|Valkey) \d+\.\d+/);
    assert.equal(redis?.hitRate, 0.5);
    assert.equal(redis?.maxMemoryBytes, 100 * 1024 ** 2);
    assert.equal(redis?.evictionPolicy, 'noeviction');
    assert.equal(redis?.keys, null, 'keys are only scanned if scanKeys is set');
  });

  test('the Redis probe counts evictions', async (t) => {
    const { url } = await startRedis(t, ['--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-lru']);
    const probe = await probeOf(t, url);
    const client = await clientOf(t, url);
    for (let i = 0; i < 40; i++) await client.set(`big:${i}`, 'x'.repeat(100_000));
    const { evictions } = await probe.sample();
    assert.ok(Number(evictions) > 0, `${evictions}`);
    const { redis } = (await probe.details?.()) ?? {};
    assert.equal(redis?.evictions, evictions);
    assert.equal(redis?.evictionPolicy, 'allkeys-lru');
  });

  test('the Redis probe counts keys by prefix if scanKeys is set', async (t) => {
    const { url } = await startRedis(t);
    const client = await clientOf(t, url);
    for (let i = 0; i < 300; i++) await client.set(`session:${i}`, 'x'.repeat(500));
    for (let i = 0; i < 100; i++) await client.set(`salon:${i}`, 'x');
    await client.set('alone', 'x');
    const probe = await probeOf(t, url, 10_000);
    const { redis } = (await probe.details?.()) ?? {};
    assert.equal(redis?.keys?.scanned, 401);
    assert.equal(redis.keys.total, 401);
    const prefixes = redis.keys.prefixes;
    assert.deepEqual(
      prefixes.map(({ prefix, count }) => [prefix, count]),
      [
        ['session', 300],
        ['salon', 100],
        ['without prefix', 1],
      ],
    );
    const [sessions, salons] = prefixes;
    assert.ok(sessions && sessions.bytes > 300 * 500 && sessions.bytes < 300 * 1500, `${sessions?.bytes}`);
    assert.ok(salons && salons.bytes < sessions.bytes / 3, `${salons?.bytes}`);
  });

  test('the Redis probe scans at most scanKeys keys', async (t) => {
    const { url } = await startRedis(t);
    const client = await clientOf(t, url);
    for (let i = 0; i < 500; i++) await client.set(`a:${i}`, 'x');
    const probe = await probeOf(t, url, 100);
    const { redis } = (await probe.details?.()) ?? {};
    assert.equal(redis?.keys?.scanned, 100);
    assert.equal(redis.keys.total, 500);
    assert.equal(redis.keys.prefixes[0]?.count, 100);
  });

  test('if the password is wrong, the Redis probe fails, and the error does not contain the password', async (t) => {
    const { url } = await startRedis(t, ['--requirepass', PASSWORD]);
    const probe = await probeOf(t, url.replace('//', `//:${encodeURIComponent(PASSWORD)}@`));
    assert.equal((await probe.sample()).keys, 0);
    const wrong = redisProbe(url.replace('//', '//:wrong-4711@'), null);
    t.after(() => wrong.close());
    await assert.rejects(wrong.sample(), (error) => {
      assert.match(causeOf(error), /WRONGPASS|invalid/i);
      assert.ok(!causeOf(error).includes('wrong-4711'));
      return true;
    });
    assert.deepEqual(await wrong.details?.(), {});
  });

  test('the Redis probe works with the permissions that the docs recommend', async (t) => {
    const { url } = await startRedis(t);
    const client = await clientOf(t, url);
    await client.set('a:1', 'x');
    const docs = readFileSync(path.join(ROOT, 'docs/reference/probes.md'), 'utf8');
    const permissions = [...docs.matchAll(/`([^`\n]*\+[^`\n]*)`/g)].flatMap(([, text = '']) => text.split(' '));
    assert.ok(permissions.length > 4, permissions.join());
    await client.sendCommand(['ACL', 'SETUSER', 'watcher', 'on', `>${PASSWORD}`, 'resetkeys', ...permissions]);
    const probe = await probeOf(t, url.replace('//', `//watcher:${encodeURIComponent(PASSWORD)}@`), 10);
    const { redis } = (await probe.details?.()) ?? {};
    assert.deepEqual(redis?.keys?.prefixes[0]?.count, 1);
    await assert.rejects(
      client.sendCommand(['ACL', 'DRYRUN', 'watcher', 'GET', 'a:1']).then((response) => {
        if (String(response) !== 'OK') throw new Error(String(response));
      }),
      /no permissions/,
    );
  });

  test('the Redis probe reconnects after the server was unavailable', async (t) => {
    const first = await startRedis(t);
    const probe = await probeOf(t, first.url);
    await first.stop();
    await assert.rejects(probe.sample());
    await assert.rejects(probe.sample(), isRefused);
    await startRedis(t, [], first.port);
    assert.equal((await firstSample(probe)).keys, 0);
  });
});

test('every sample of the Redis probe fails while Redis is unreachable', async (t) => {
  const probe = redisProbe((await deadUrl()).replace('http', 'redis'), null);
  t.after(() => probe.close());
  for (let i = 0; i < 2; i++) await assert.rejects(probe.sample(), isRefused);
});

const INFO = [
  '# Server',
  'redis_version:7.2.4',
  'valkey_version:8.1.0',
  '# Clients',
  'connected_clients:3',
  'used_memory:1000',
  'maxmemory:0',
  'maxmemory_policy:allkeys-lru',
  'keyspace_hits:80',
  'keyspace_misses:20',
  'evicted_keys:4',
  'executable:/usr/bin/valkey:server',
  'db0:keys=10,expires=2,avg_ttl=0',
  'db3:keys=5,expires=0,avg_ttl=0',
].join('\r\n');

test('a Redis sample contains null for fields that INFO lacks, and for the memory limit if there is none', () => {
  assert.deepEqual(redisSample(parseRedisInfo(INFO)), {
    clients: 3,
    usedBytes: 1000,
    hits: 80,
    misses: 20,
    evictions: 4,
    rejectedConnections: null,
    maxBytes: null,
    keys: 15,
  });
  assert.equal(parseRedisInfo(INFO).get('executable'), '/usr/bin/valkey:server');
});

test('redisDetails returns the differences of counters, or the whole counters if Redis restarted', () => {
  const at = (hits: number, misses: number, evicted: number) =>
    parseRedisInfo(
      `valkey_version:8.1.0\nmaxmemory:0\nkeyspace_hits:${hits}\nkeyspace_misses:${misses}\nevicted_keys:${evicted}`,
    );
  assert.deepEqual(redisDetails(at(80, 20, 4), at(110, 30, 6)), {
    version: 'Valkey 8.1.0',
    maxMemoryBytes: null,
    evictionPolicy: 'unknown',
    hitRate: 0.75,
    evictions: 2,
  });
  assert.equal(redisDetails(at(80, 20, 4), at(3, 1, 0)).hitRate, 0.75);
  assert.equal(redisDetails(at(80, 20, 4), at(80, 20, 4)).hitRate, null);
});

const keys: [key: string, prefix: string][] = [
  ['session:42', 'session'],
  ['a:b:c', 'a'],
  ['alone', 'without prefix'],
  [':odd', 'without prefix'],
  [`${'x'.repeat(100)}:1`, 'x'.repeat(60)],
];
for (const [key, prefix] of keys)
  test(`the Redis key ${key.slice(0, 12)} is counted under the prefix "${prefix.slice(0, 12)}"`, () => {
    assert.equal(prefixOf(key), prefix);
  });
