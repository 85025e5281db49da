import type { createClient } from '@redis/client';
import type { RedisDetails } from '../../lib/core/evidence/index.ts';

export type RedisClient = ReturnType<typeof createClient>;

type Keys = NonNullable<RedisDetails['keys']>;

const KEYS_A_SCAN = 1000;
/** However many keys may be looked at: the scan ends here, and says how far it came. */
const SCAN_MS = 2000;
/** Keys of one prefix whose memory is asked for; the others are taken to be as large. */
const MEASURED_A_PREFIX = 20;
const PREFIXES_KEPT = 20;
const PREFIX_LENGTH = 60;

/** Counts the keys of one database by prefix, over at most so many keys. */
export async function keysByPrefix(client: RedisClient, limit: number): Promise<Keys> {
  const total = await client.dbSize();
  const keys = await scan(client, limit);
  const prefixes = [...Map.groupBy(keys, prefixOf)]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, PREFIXES_KEPT);
  return {
    scanned: keys.length,
    total,
    prefixes: await Promise.all(
      prefixes.map(async ([prefix, own]) => ({
        prefix,
        count: own.length,
        bytes: await bytesOf(client, own),
      })),
    ),
  };
}

/** A scan may meet a key twice. */
async function scan(client: RedisClient, limit: number): Promise<string[]> {
  const found = new Set<string>();
  const end = performance.now() + SCAN_MS;
  let cursor = '0';
  do {
    const reply = await client.scan(cursor, { COUNT: Math.min(limit, KEYS_A_SCAN) });
    cursor = reply.cursor;
    for (const key of reply.keys) found.add(key);
  } while (cursor !== '0' && found.size < limit && performance.now() < end);
  return [...found].slice(0, limit);
}

export function prefixOf(key: string): string {
  const colon = key.indexOf(':');
  return colon <= 0 ? 'without prefix' : key.slice(0, Math.min(colon, PREFIX_LENGTH));
}

/** Estimated from the first of them; a key that has expired meanwhile has no size. */
async function bytesOf(client: RedisClient, keys: readonly string[]): Promise<number> {
  const measured = keys.slice(0, MEASURED_A_PREFIX);
  const sizes = (await Promise.all(measured.map((key) => client.memoryUsage(key)))).filter(
    (size) => size !== null,
  );
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
  return Math.round(mean * keys.length);
}
