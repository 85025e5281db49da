import type { RedisDetails, Result } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Section } from '../document.ts';
import { absent, figures, right, table, text } from './blocks.ts';

/** What Redis says of the time of the run. */
export function redisSection({ details: { redis } }: Result): Section {
  return {
    id: 'redis',
    title: 'Redis in detail',
    blocks: redis
      ? [totals(redis), ...keys(redis.keys)]
      : [absent('Redis was not asked, or did not answer at the end of the run.')],
  };
}

const totals = ({ hitRate, evictions, maxMemoryBytes, evictionPolicy }: RedisDetails): Block =>
  figures('Over the whole run', [
    ['Hit rate', formatValue(hitRate, 'fraction')],
    ['Evictions', formatCount(evictions)],
    ['Limit of memory', maxMemoryBytes === null ? 'none' : formatValue(maxMemoryBytes, 'bytes')],
    ['Eviction policy', evictionPolicy],
  ]);

function keys(found: RedisDetails['keys']): Block[] {
  if (found === null) return [absent('Keys were not looked at: the scan is off unless asked for.')];
  return [
    text(`${formatCount(found.scanned)} of ${formatCount(found.total)} keys were looked at.`),
    table(
      'Keys by the part before their first colon',
      ['Key', ...right('Keys', 'Memory')],
      found.prefixes.map(({ prefix, count, bytes }) => [
        prefix,
        formatCount(count),
        formatValue(bytes, 'bytes'),
      ]),
    ),
  ];
}
