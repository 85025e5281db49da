import type { CampaignTestResult } from '../../../lib/core/across-runs/index.ts';
import {
  type IndexFigures,
  type JudgedCriterion,
  PM2_COLUMNS,
  POSTGRESQL_COLUMNS,
  type PostgresqlDetails,
  PROCESS_COLUMNS,
  type ProbeName,
  REDIS_COLUMNS,
  type Result,
  type Samples,
  TARGET_COLUMNS,
} from '../../../lib/core/evidence/index.ts';
import { formatCount, formatMs, formatShare, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Section } from '../document.ts';
import { formatInterval, formatLimit } from '../format.ts';
import { absent, right, section, table, tableOr, text, type Value } from '../run/blocks.ts';
import { average, increase, most, over, shareOfGrowth } from '../run/figures-of-samples.ts';
import { shortened } from '../run/resources.ts';
import { probeTitle } from '../run/topics.ts';
import { STATUSES } from '../words.ts';
import { perTest, type Ran, ranOf } from './tested.ts';

const MEMORY: { probe: ProbeName; what: string; column: string }[] = [
  { probe: 'target', what: 'resident memory', column: TARGET_COLUMNS.residentBytes },
  { probe: 'target', what: 'heap', column: TARGET_COLUMNS.heapUsedBytes },
  { probe: 'target', what: 'external memory', column: TARGET_COLUMNS.externalBytes },
  { probe: 'process', what: 'resident memory', column: PROCESS_COLUMNS.residentBytes },
  { probe: 'pm2', what: 'resident memory', column: PM2_COLUMNS.residentBytes },
];

/** Memory from before the load of each test until after it. */
export function memorySection(tests: readonly CampaignTestResult[]): Section {
  const ran = ranOf(tests);
  const tables = MEMORY.flatMap(({ probe, what, column }) => {
    const rows = ran.flatMap(({ test, result }) => memoryRow(test, result.resources[probe], column));
    if (rows.length === 0) return [];
    const columns = ['Test', ...right('Start', 'Peak', 'End', 'Growth')];
    return [table(`${probeTitle(probe)}: ${what}`, columns, rows)];
  });
  return section(
    'memory',
    'Memory over all tests',
    tables.length === 0
      ? [
          absent(
            'Nobody took samples of the memory of the target: it offers no metrics, and no process was named.',
          ),
        ]
      : [...tables, growthCriteria(ran)],
  );
}

function memoryRow(test: string, samples: Samples | undefined, column: string): Value[][] {
  const values = (samples?.columns[column] ?? []).filter((value) => value !== null);
  const [start] = values;
  const end = values.at(-1);
  if (start === undefined || end === undefined) return [];
  return [
    [test, ...[start, Math.max(...values), end, end - start].map((bytes) => formatValue(bytes, 'bytes'))],
  ];
}

const ABOUT_MEMORY = new Set<JudgedCriterion['kind']>(['memory-growth', 'memory-slope']);

/** End minus start says little of a leak: what does is judged over time, with an interval. */
function growthCriteria(ran: readonly Ran[]): Block {
  const rows = ran.flatMap(({ test, result }) =>
    result.criteria
      .filter(({ kind }) => ABOUT_MEMORY.has(kind))
      .map((criterion): Value[] => [
        test,
        STATUSES[criterion.status],
        criterion.title,
        formatValue(criterion.value, criterion.unit),
        formatLimit(criterion),
        formatInterval(criterion),
      ]),
  );
  return tableOr(
    'No test has a criterion on the growth of memory: whether it leaks is not judged.',
    'Growth as judged',
    ['Test', 'Status', 'Criterion', ...right('Value', 'Limit', 'Interval')],
    rows,
  );
}

/** Pool, transactions, queries and indexes over all tests. */
export function databaseSection(tests: readonly CampaignTestResult[]): Section {
  const ran = ranOf(tests);
  return section('database-of-all', 'Database', [pool(ran), ...details(ran)]);
}

const { connectionsMax, connectionsActive, connectionsWaiting, connectionTimeouts } = TARGET_COLUMNS;

function pool(ran: readonly Ran[]): Block {
  const measured = ran.filter(({ result }) => over(result.resources.target, most(connectionsMax)) !== null);
  if (measured.length === 0)
    return absent('The target tells nothing of its connection pool: how it behaved is not known.');
  const target = (figure: (samples: Samples) => Value) => (result: Result) =>
    result.resources.target ? figure(result.resources.target) : '';
  return perTest('Connection pool', measured, {
    Size: target((samples) => over(samples, most(connectionsMax))),
    'In use, mean': target((samples) => over(samples, average(connectionsActive))),
    'In use, most': target((samples) => over(samples, most(connectionsActive))),
    'Of its size, most': target((samples) => formatValue(shareInUse(samples), 'fraction')),
    'Waiting, most': target((samples) => over(samples, most(connectionsWaiting))),
    'Samples with somebody waiting': target(waitingSamples),
    Timeouts: target((samples) => over(samples, increase(connectionTimeouts))),
  });
}

function shareInUse(samples: Samples): number | null {
  const size = over(samples, most(connectionsMax));
  const used = over(samples, most(connectionsActive));
  return size && used !== null ? used / size : null;
}

function waitingSamples({ columns }: Samples): string {
  const waiting = (columns[connectionsWaiting] ?? []).filter((value) => value !== null);
  const some = waiting.filter((value) => value > 0).length;
  return waiting.length === 0 ? '–' : `${formatCount(some)} of ${formatCount(waiting.length)}`;
}

type Asked = { test: string; result: Result; postgresql: PostgresqlDetails };

function details(ran: readonly Ran[]): Block[] {
  const asked = ran.flatMap(({ test, result }): Asked[] =>
    result.details.postgresql ? [{ test, result, postgresql: result.details.postgresql }] : [],
  );
  if (asked.length === 0)
    return [
      absent('PostgreSQL was not asked, or did not answer: transactions, queries and indexes are not known.'),
    ];
  return [transactions(asked), queries(asked), ...indexes(asked)];
}

const transactions = (asked: readonly Asked[]): Block =>
  table(
    'Transactions',
    [
      'Test',
      ...right(
        'Commits',
        'Rollbacks',
        'Share of rollbacks',
        'Deadlocks',
        'Blocks found in the cache',
        'Sessions, most',
      ),
    ],
    asked.map(({ test, result, postgresql: { commits, rollbacks, deadlocks, cacheHitRate } }) => [
      test,
      commits,
      rollbacks,
      formatShare(rollbacks, commits + rollbacks),
      deadlocks,
      formatValue(cacheHitRate, 'fraction'),
      over(result.resources.postgresql, most(POSTGRESQL_COLUMNS.connections)),
    ]),
  );

const QUERIES_SHOWN = 10;

/** Of all tests together, by the time they took. */
function queries(asked: readonly Asked[]): Block {
  const all = asked.flatMap(({ test, postgresql }) =>
    (postgresql.queries ?? []).map((one) => ({ test, ...one })),
  );
  if (all.length === 0)
    return absent('No query was counted: the database lacks pg_stat_statements, or was not used.');
  const merged = [...Map.groupBy(all, ({ query }) => query)].map(([query, own]) => {
    const calls = own.reduce((sum, one) => sum + one.calls, 0);
    const totalMs = own.reduce((sum, one) => sum + one.calls * one.meanMs, 0);
    const slowest = own.reduce((worst, one) => (one.meanMs > worst.meanMs ? one : worst));
    const longest = own.flatMap(({ maxMs }) => maxMs ?? []);
    const maxMs = longest.length === own.length ? Math.max(...longest) : null;
    return { query, calls, totalMs, slowest, maxMs };
  });
  const shown = merged.sort((a, b) => b.totalMs - a.totalMs).slice(0, QUERIES_SHOWN);
  return table(
    `Queries of all tests, the ${formatCount(shown.length)} that took most time of ${formatCount(merged.length)}`,
    ['Query', ...right('Calls', 'Mean', 'Longest', 'Mean where slowest'), 'Slowest in'],
    shown.map(({ query, calls, totalMs, maxMs, slowest }) => [
      shortened(query),
      calls,
      formatMs(totalMs / calls),
      formatValue(maxMs, 'ms'),
      formatMs(slowest.meanMs),
      slowest.test,
    ]),
  );
}

function indexes(asked: readonly Asked[]): Block[] {
  const all = asked.flatMap(({ postgresql }) => postgresql.indexes);
  if (all.length === 0) return [absent('The database has no index.')];
  const merged = [...Map.groupBy(all, ({ name, table: of }) => `${of}.${name}`).values()].map((own) => {
    const rates = own.flatMap(({ hitRate }) => hitRate ?? []);
    return {
      ...(own[0] as IndexFigures),
      scans: own.reduce((sum, { scans }) => sum + scans, 0),
      lowest: rates.length === 0 ? null : Math.min(...rates),
      sizeBytes: Math.max(...own.map(({ sizeBytes }) => sizeBytes)),
    };
  });
  const used = merged.filter(({ scans }) => scans > 0).sort((a, b) => b.scans - a.scans);
  const unused = merged.filter(({ scans }) => scans === 0).map(({ name }) => name);
  return [
    tableOr(
      'No index was scanned in any test.',
      'Indexes over all tests',
      ['Index', 'Table', ...right('Scans', 'Found in the cache, lowest', 'Size, largest')],
      used.map(({ name, table: of, scans, lowest, sizeBytes }) => [
        name,
        of,
        scans,
        formatValue(lowest, 'fraction'),
        formatValue(sizeBytes, 'bytes'),
      ]),
    ),
    ...(unused.length > 0
      ? [
          text(
            `${formatCount(unused.length)} of ${formatCount(merged.length)} indexes were not scanned in any test: ${unused.sort().join(', ')}.`,
          ),
        ]
      : []),
  ];
}

/** How often caches had what was asked of them, and what they had to give up. */
export function cacheSection(tests: readonly CampaignTestResult[]): Section {
  const ran = ranOf(tests);
  return section('cache', 'Caches', [cacheOfService(ran), ...redis(ran)]);
}

const { cacheHits, cacheMisses, cacheEvictions } = TARGET_COLUMNS;

function cacheOfService(ran: readonly Ran[]): Block {
  const measured = ran.filter(({ result }) => over(result.resources.target, increase(cacheHits)) !== null);
  if (measured.length === 0) return absent('The target tells nothing of a cache of its own.');
  return perTest('Cache of the service', measured, {
    Hits: ({ resources }) => over(resources.target, increase(cacheHits)),
    Misses: ({ resources }) => over(resources.target, increase(cacheMisses)),
    'Hit rate': ({ resources }) =>
      formatValue(over(resources.target, shareOfGrowth(cacheHits, cacheMisses)), 'fraction'),
    Evictions: ({ resources }) => over(resources.target, increase(cacheEvictions)),
  });
}

function redis(ran: readonly Ran[]): Block[] {
  const asked = ran.filter(({ result }) => result.details.redis);
  if (asked.length === 0) return [absent('Redis was not asked, or did not answer.')];
  return [
    perTest('Redis', asked, {
      'Hit rate': ({ details }) => formatValue(details.redis?.hitRate ?? null, 'fraction'),
      Evictions: ({ details }) => details.redis?.evictions ?? null,
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
      count,
      formatValue(bytes, 'bytes'),
    ]),
  );
  return tableOr(
    'Keys were not looked at: the scan is off unless asked for.',
    'Keys by the part before their first colon',
    ['Test', 'Key', ...right('Keys', 'Memory')],
    rows,
  );
}
