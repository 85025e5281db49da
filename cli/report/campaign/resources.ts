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
import {
  absentBlock,
  type CellValue,
  numberColumns,
  section,
  tableBlock,
  tableOrAbsent,
  textBlock,
} from '../block-builders.ts';
import { formatInterval, formatLimit } from '../format.ts';
import type { Block, Section } from '../report-document.ts';
import { probeTitle } from '../run/resource-topics.ts';
import { shortenQuery } from '../run/resources.ts';
import { average, figureOverRun, increase, maximum, shareOfIncrease } from '../run/sample-figures.ts';
import { STATUS_CELLS } from '../verdict-words.ts';
import { type RanTest, tableByTest, testsThatRan } from './ran-tests.ts';

const MEMORY: { probe: ProbeName; what: string; column: string }[] = [
  { probe: 'target', what: 'resident memory', column: TARGET_COLUMNS.residentBytes },
  { probe: 'target', what: 'heap', column: TARGET_COLUMNS.heapUsedBytes },
  { probe: 'target', what: 'external memory', column: TARGET_COLUMNS.externalBytes },
  { probe: 'process', what: 'resident memory', column: PROCESS_COLUMNS.residentBytes },
  { probe: 'pm2', what: 'resident memory', column: PM2_COLUMNS.residentBytes },
];

/** Memory from before the load of each test until after it. */
export function memorySection(tests: readonly CampaignTestResult[]): Section {
  const ran = testsThatRan(tests);
  const tables = MEMORY.flatMap(({ probe, what, column }) => {
    const rows = ran.flatMap(({ test, result }) => memoryRow(test, result.resources[probe], column));
    if (rows.length === 0) return [];
    const columns = ['Test', ...numberColumns('Start', 'Peak', 'End', 'Growth')];
    return [tableBlock(`${probeTitle(probe)}: ${what}`, columns, rows)];
  });
  return section(
    'memory',
    'Memory over all tests',
    tables.length === 0
      ? [
          absentBlock(
            'Nobody took samples of the memory of the target: it offers no metrics, and no process was named.',
          ),
        ]
      : [...tables, growthCriteria(ran)],
  );
}

function memoryRow(test: string, samples: Samples | undefined, column: string): CellValue[][] {
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
function growthCriteria(ran: readonly RanTest[]): Block {
  const rows = ran.flatMap(({ test, result }) =>
    result.criteria
      .filter(({ kind }) => ABOUT_MEMORY.has(kind))
      .map((criterion): CellValue[] => [
        test,
        STATUS_CELLS[criterion.status],
        criterion.title,
        formatValue(criterion.value, criterion.unit),
        formatLimit(criterion),
        formatInterval(criterion),
      ]),
  );
  return tableOrAbsent(
    'No test has a criterion on the growth of memory: whether it leaks is not judged.',
    'Growth as judged',
    ['Test', 'Status', 'Criterion', ...numberColumns('Value', 'Limit', 'Interval')],
    rows,
  );
}

/** Pool, transactions, queries and indexes over all tests. */
export function databaseSection(tests: readonly CampaignTestResult[]): Section {
  const ran = testsThatRan(tests);
  return section('database-of-all', 'Database', [pool(ran), ...details(ran)]);
}

const { connectionsMax, connectionsActive, connectionsWaiting, connectionTimeouts } = TARGET_COLUMNS;

function pool(ran: readonly RanTest[]): Block {
  const measured = ran.filter(
    ({ result }) => figureOverRun(result.resources.target, maximum(connectionsMax)) !== null,
  );
  if (measured.length === 0)
    return absentBlock('The target tells nothing of its connection pool: how it behaved is not known.');
  const target = (figure: (samples: Samples) => CellValue) => (result: Result) =>
    result.resources.target ? figure(result.resources.target) : '';
  return tableByTest('Connection pool', measured, {
    Size: target((samples) => figureOverRun(samples, maximum(connectionsMax))),
    'In use, mean': target((samples) => figureOverRun(samples, average(connectionsActive))),
    'In use, most': target((samples) => figureOverRun(samples, maximum(connectionsActive))),
    'Of its size, most': target((samples) => formatValue(shareInUse(samples), 'fraction')),
    'Waiting, most': target((samples) => figureOverRun(samples, maximum(connectionsWaiting))),
    'Samples with somebody waiting': target(waitingSamples),
    Timeouts: target((samples) => figureOverRun(samples, increase(connectionTimeouts))),
  });
}

function shareInUse(samples: Samples): number | null {
  const size = figureOverRun(samples, maximum(connectionsMax));
  const used = figureOverRun(samples, maximum(connectionsActive));
  return size && used !== null ? used / size : null;
}

function waitingSamples({ columns }: Samples): string {
  const waiting = (columns[connectionsWaiting] ?? []).filter((value) => value !== null);
  const some = waiting.filter((value) => value > 0).length;
  return waiting.length === 0 ? '–' : `${formatCount(some)} of ${formatCount(waiting.length)}`;
}

type Asked = { test: string; result: Result; postgresql: PostgresqlDetails };

function details(ran: readonly RanTest[]): Block[] {
  const asked = ran.flatMap(({ test, result }): Asked[] =>
    result.details.postgresql ? [{ test, result, postgresql: result.details.postgresql }] : [],
  );
  if (asked.length === 0)
    return [
      absentBlock(
        'PostgreSQL was not asked, or did not answer: transactions, queries and indexes are not known.',
      ),
    ];
  return [transactions(asked), queries(asked), ...indexes(asked)];
}

const transactions = (asked: readonly Asked[]): Block =>
  tableBlock(
    'Transactions',
    [
      'Test',
      ...numberColumns(
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
      figureOverRun(result.resources.postgresql, maximum(POSTGRESQL_COLUMNS.connections)),
    ]),
  );

const QUERIES_SHOWN = 10;

/** Of all tests together, by the time they took. */
function queries(asked: readonly Asked[]): Block {
  const all = asked.flatMap(({ test, postgresql }) =>
    (postgresql.queries ?? []).map((one) => ({ test, ...one })),
  );
  if (all.length === 0)
    return absentBlock('No query was counted: the database lacks pg_stat_statements, or was not used.');
  const merged = [...Map.groupBy(all, ({ query }) => query)].map(([query, own]) => {
    const calls = own.reduce((sum, one) => sum + one.calls, 0);
    const totalMs = own.reduce((sum, one) => sum + one.calls * one.meanMs, 0);
    const slowest = own.reduce((worst, one) => (one.meanMs > worst.meanMs ? one : worst));
    const longest = own.flatMap(({ maxMs }) => maxMs ?? []);
    const maxMs = longest.length === own.length ? Math.max(...longest) : null;
    return { query, calls, totalMs, slowest, maxMs };
  });
  const shown = merged.sort((a, b) => b.totalMs - a.totalMs).slice(0, QUERIES_SHOWN);
  return tableBlock(
    `Queries of all tests, the ${formatCount(shown.length)} that took most time of ${formatCount(merged.length)}`,
    ['Query', ...numberColumns('Calls', 'Mean', 'Longest', 'Mean where slowest'), 'Slowest in'],
    shown.map(({ query, calls, totalMs, maxMs, slowest }) => [
      shortenQuery(query),
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
  if (all.length === 0) return [absentBlock('The database has no index.')];
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
    tableOrAbsent(
      'No index was scanned in any test.',
      'Indexes over all tests',
      ['Index', 'Table', ...numberColumns('Scans', 'Found in the cache, lowest', 'Size, largest')],
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
          textBlock(
            `${formatCount(unused.length)} of ${formatCount(merged.length)} indexes were not scanned in any test: ${unused.sort().join(', ')}.`,
          ),
        ]
      : []),
  ];
}

/** How often caches had what was asked of them, and what they had to give up. */
export function cacheSection(tests: readonly CampaignTestResult[]): Section {
  const ran = testsThatRan(tests);
  return section('cache', 'Caches', [cacheOfService(ran), ...redis(ran)]);
}

const { cacheHits, cacheMisses, cacheEvictions } = TARGET_COLUMNS;

function cacheOfService(ran: readonly RanTest[]): Block {
  const measured = ran.filter(
    ({ result }) => figureOverRun(result.resources.target, increase(cacheHits)) !== null,
  );
  if (measured.length === 0) return absentBlock('The target tells nothing of a cache of its own.');
  return tableByTest('Cache of the service', measured, {
    Hits: ({ resources }) => figureOverRun(resources.target, increase(cacheHits)),
    Misses: ({ resources }) => figureOverRun(resources.target, increase(cacheMisses)),
    'Hit rate': ({ resources }) =>
      formatValue(figureOverRun(resources.target, shareOfIncrease(cacheHits, cacheMisses)), 'fraction'),
    Evictions: ({ resources }) => figureOverRun(resources.target, increase(cacheEvictions)),
  });
}

function redis(ran: readonly RanTest[]): Block[] {
  const asked = ran.filter(({ result }) => result.details.redis);
  if (asked.length === 0) return [absentBlock('Redis was not asked, or did not answer.')];
  return [
    tableByTest('Redis', asked, {
      'Hit rate': ({ details }) => formatValue(details.redis?.hitRate ?? null, 'fraction'),
      Evictions: ({ details }) => details.redis?.evictions ?? null,
      'Used memory, most': ({ resources }) =>
        formatValue(figureOverRun(resources.redis, maximum(REDIS_COLUMNS.usedBytes)), 'bytes'),
      'Limit of memory': ({ details }) =>
        details.redis?.maxMemoryBytes == null ? 'none' : formatValue(details.redis.maxMemoryBytes, 'bytes'),
    }),
    keys(asked),
  ];
}

function keys(asked: readonly RanTest[]): Block {
  const rows = asked.flatMap(({ test, result }) =>
    (result.details.redis?.keys?.prefixes ?? []).map(({ prefix, count, bytes }) => [
      test,
      prefix,
      count,
      formatValue(bytes, 'bytes'),
    ]),
  );
  return tableOrAbsent(
    'Keys were not looked at: the scan is off unless asked for.',
    'Keys by the part before their first colon',
    ['Test', 'Key', ...numberColumns('Keys', 'Memory')],
    rows,
  );
}
