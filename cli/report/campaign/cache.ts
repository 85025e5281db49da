import type { Tested } from '../../../lib/core/across-runs/index.ts';
import { REDIS_COLUMNS, TARGET_COLUMNS } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Section } from '../document.ts';
import { absent, right, table } from '../run/blocks.ts';
import { increase, most, shareOfGrowth } from '../run/figures-of-samples.ts';
import { over, perTest, type Ran, ranOf } from './tested.ts';

/** How often caches had what was asked of them, and what they had to give up. */
export function cacheSection(tests: readonly Tested[]): Section {
  const ran = ranOf(tests);
  return { id: 'cache', title: 'Caches', blocks: [cacheOfService(ran), ...redis(ran)] };
}

const { cacheHits, cacheMisses, cacheEvictions } = TARGET_COLUMNS;

function cacheOfService(ran: readonly Ran[]): Block {
  const measured = ran.filter(({ result }) => over(result.resources.target, increase(cacheHits)) !== null);
  if (measured.length === 0) return absent('The target tells nothing of a cache of its own.');
  return perTest('Cache of the service', measured, {
    Hits: ({ resources }) => formatValue(over(resources.target, increase(cacheHits)), 'count'),
    Misses: ({ resources }) => formatValue(over(resources.target, increase(cacheMisses)), 'count'),
    'Hit rate': ({ resources }) =>
      formatValue(over(resources.target, shareOfGrowth(cacheHits, cacheMisses)), 'fraction'),
    Evictions: ({ resources }) => formatValue(over(resources.target, increase(cacheEvictions)), 'count'),
  });
}

function redis(ran: readonly Ran[]): Block[] {
  const asked = ran.filter(({ result }) => result.details.redis);
  if (asked.length === 0) return [absent('Redis was not asked, or did not answer.')];
  return [
    perTest('Redis', asked, {
      'Hit rate': ({ details }) => formatValue(details.redis?.hitRate ?? null, 'fraction'),
      Evictions: ({ details }) => formatValue(details.redis?.evictions ?? null, 'count'),
      'Used memory, most': ({ resources }) =>
        formatValue(over(resources.redis, most(REDIS_COLUMNS.usedBytes)), 'bytes'),
      'Limit of memory': ({ details }) =>
        details.redis?.maxMemoryBytes == null ? 'none' : formatValue(details.redis.maxMemoryBytes, 'bytes'),
    }),
    keys(asked),
  ];
}

function keys(asked: readonly Ran[]): Block {
  const rows = asked.flatMap(({ test, result }) =>
    (result.details.redis?.keys?.prefixes ?? []).map(({ prefix, count, bytes }) => [
      test,
      prefix,
      formatCount(count),
      formatValue(bytes, 'bytes'),
    ]),
  );
  return rows.length === 0
    ? absent('Keys were not looked at: the scan is off unless asked for.')
    : table('Keys by the part before their first colon', ['Test', 'Key', ...right('Keys', 'Memory')], rows);
}
