import type { createClient } from '@redis/client';
import { hitRate, increaseSince, REDIS_COLUMNS, type RedisDetails } from '../../lib/core/evidence/index.ts';
import { Connection, type Connector } from './connection.ts';
import type { Probe, Sample } from './probe.ts';

type RedisClient = ReturnType<typeof createClient>;

const TIMEOUT_MS = 2000;
const DETAILS_TIMEOUT_MS = 4000;

/**
 * Samples a Redis or Valkey server, with one INFO command per sample.
 * @param scanKeys how many keys to scan after the run; null for none
 */
export function redisProbe(url: string, scanKeys: number | null): Probe {
  const connection = new Connection(connectorTo(url));
  let before: Info | null = null;
  return {
    sample: () =>
      connection.use(TIMEOUT_MS, async (client) => {
        const info = parseRedisInfo(await client.info());
        before ??= info;
        return redisSample(info);
      }),
    details: async () => {
      const first = before;
      if (!first) return {};
      const redis = await connection.use(DETAILS_TIMEOUT_MS, async (client) => ({
        ...redisDetails(first, parseRedisInfo(await client.info())),
        keys: scanKeys === null ? null : await keysByPrefix(client, scanKeys),
      }));
      return { redis };
    },
    close: () => connection.close(),
  };
}

async function clientOf(url: string): Promise<RedisClient> {
  // Load the Redis client library on demand, because loading it is slow and most runs have no Redis.
  const { createClient } = await import('@redis/client');
  return createClient({
    url,
    name: 'load-suite',
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: TIMEOUT_MS },
  });
}

function connectorTo(url: string): Connector<RedisClient> {
  return {
    async open(lost) {
      const client = await clientOf(url);
      client.on('error', lost);
      await client.connect();
      return client;
    },
    async end(client) {
      if (client.isOpen) client.destroy();
    },
  };
}

type Info = ReadonlyMap<string, string>;

export function parseRedisInfo(text: string): Info {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
}

/** For each column of a sample, the field of INFO. */
const FIELDS = {
  [REDIS_COLUMNS.clients]: 'connected_clients',
  [REDIS_COLUMNS.usedBytes]: 'used_memory',
  [REDIS_COLUMNS.hits]: 'keyspace_hits',
  [REDIS_COLUMNS.misses]: 'keyspace_misses',
  [REDIS_COLUMNS.evictions]: 'evicted_keys',
  [REDIS_COLUMNS.rejectedConnections]: 'rejected_connections',
};

export function redisSample(info: Info): Sample {
  return {
    ...Object.fromEntries(Object.entries(FIELDS).map(([column, field]) => [column, numberOf(info, field)])),
    [REDIS_COLUMNS.maxBytes]: maxBytesOf(info),
    [REDIS_COLUMNS.keys]: keysOf(info),
  };
}

function numberOf(info: Info, field: string): number | null {
  const text = info.get(field);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** Returns the memory limit; null for 0, which is how INFO reports that there is no limit. */
const maxBytesOf = (info: Info) => numberOf(info, 'maxmemory') || null;

/** Returns the number of keys in all databases. INFO has no line for empty databases. */
function keysOf(info: Info): number {
  return [...info].reduce((sum, [field, value]) => {
    const keys = /^db\d+$/.test(field) ? /^keys=(\d+)/.exec(value)?.[1] : undefined;
    return sum + Number(keys ?? 0);
  }, 0);
}

export function redisDetails(before: Info, after: Info): Omit<RedisDetails, 'keys'> {
  const since = (field: string) => increaseSince(numberOf(before, field) ?? 0, numberOf(after, field) ?? 0);
  return {
    version: versionOf(after),
    maxMemoryBytes: maxBytesOf(after),
    evictionPolicy: after.get('maxmemory_policy') ?? 'unknown',
    hitRate: hitRate(since('keyspace_hits'), since('keyspace_misses')),
    evictions: since('evicted_keys'),
  };
}

/** Check for Valkey first, because Valkey also reports the version of Redis that it is compatible with. */
function versionOf(info: Info): string {
  const valkey = info.get('valkey_version');
  return valkey ? `Valkey ${valkey}` : `Redis ${info.get('redis_version') ?? 'of unknown version'}`;
}

type Keys = NonNullable<RedisDetails['keys']>;

const KEYS_PER_SCAN = 1000;
/** The time limit of the key scan, which ends even if some keys have not been scanned. */
const MAX_SCAN_MS = 2000;
/**
 * The number of keys per prefix whose memory use is measured. All other keys are assumed to have the same mean size.
 */
const MEASURED_KEYS_PER_PREFIX = 20;
const MAX_PREFIXES = 20;
const MAX_PREFIX_LENGTH = 60;

/** Scans at most `limit` keys of one database, and counts them by prefix. */
async function keysByPrefix(client: RedisClient, limit: number): Promise<Keys> {
  const total = await client.dbSize();
  const keys = await scan(client, limit);
  const prefixes = [...Map.groupBy(keys, prefixOf)].sort(([, a], [, b]) => b.length - a.length).slice(0, MAX_PREFIXES);
  return {
    scanned: keys.length,
    total,
    prefixes: await Promise.all(
      prefixes.map(async ([prefix, prefixKeys]) => ({
        prefix,
        count: prefixKeys.length,
        bytes: await bytesOf(client, prefixKeys),
      })),
    ),
  };
}

/** Scans at most `limit` keys, and returns each key once. Redis may report a key twice during a scan. */
async function scan(client: RedisClient, limit: number): Promise<string[]> {
  const found = new Set<string>();
  const end = performance.now() + MAX_SCAN_MS;
  let cursor = '0';
  do {
    const reply = await client.scan(cursor, { COUNT: Math.min(limit, KEYS_PER_SCAN) });
    cursor = reply.cursor;
    for (const key of reply.keys) found.add(key);
  } while (cursor !== '0' && found.size < limit && performance.now() < end);
  return [...found].slice(0, limit);
}

export function prefixOf(key: string): string {
  const colon = key.indexOf(':');
  return colon <= 0 ? 'without prefix' : key.slice(0, Math.min(colon, MAX_PREFIX_LENGTH));
}

/**
 * Estimates the size of all keys with a prefix from the measured keys. Ignores keys that have expired since the scan.
 */
async function bytesOf(client: RedisClient, keys: readonly string[]): Promise<number> {
  const measured = keys.slice(0, MEASURED_KEYS_PER_PREFIX);
  const sizes = (await Promise.all(measured.map((key) => client.memoryUsage(key)))).filter((size) => size !== null);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
  return Math.round(mean * keys.length);
}
