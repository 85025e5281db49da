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

/** Builds tables of the memory in each test: at the start, at its peak and at the end. */
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
    'Memory of all tests',
    tables.length === 0
      ? [
          absentBlock(
            'The memory of the target was not measured: it provides no metrics, and no process was configured.',
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
  return [[test, ...[start, Math.max(...values), end, end - start].map((bytes) => formatValue(bytes, 'bytes'))]];
}

const MEMORY_CRITERIA = new Set<JudgedCriterion['kind']>(['memory-growth', 'memory-slope']);

/**
 * Builds a table of the criteria on memory growth. Only these criteria detect a leak; the difference between start and
 * end of a run does not.
 */
function growthCriteria(ran: readonly RanTest[]): Block {
  const rows = ran.flatMap(({ test, result }) =>
    result.criteria
      .filter(({ kind }) => MEMORY_CRITERIA.has(kind))
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
    'No test has a criterion on memory growth, so memory leaks are not judged.',
    'Criteria on memory growth',
    ['Test', 'Status', 'Criterion', ...numberColumns('Value', 'Limit', 'Interval')],
    rows,
  );
}

/** Builds the sections about the connection pool, transactions, queries and indexes of all tests. */
export function databaseSection(tests: readonly CampaignTestResult[]): Section {
  const ran = testsThatRan(tests);
  return section('database-of-all', 'Database', [pool(ran), ...details(ran)]);
}

const { connectionsMax, connectionsActive, connectionsWaiting, connectionTimeouts } = TARGET_COLUMNS;

function pool(ran: readonly RanTest[]): Block {
  const measured = ran.filter(({ result }) => figureOverRun(result.resources.target, maximum(connectionsMax)) !== null);
  if (measured.length === 0) return absentBlock('The target provides no metrics of its connection pool.');
  const target = (figure: (samples: Samples) => CellValue) => (result: Result) =>
    result.resources.target ? figure(result.resources.target) : '';
  return tableByTest('Connection pool', measured, {
    Size: target((samples) => figureOverRun(samples, maximum(connectionsMax))),
    'In use (mean)': target((samples) => figureOverRun(samples, average(connectionsActive))),
    'In use (max)': target((samples) => figureOverRun(samples, maximum(connectionsActive))),
    'Share in use (max)': target((samples) => formatValue(shareInUse(samples), 'fraction')),
    'Waiting (max)': target((samples) => figureOverRun(samples, maximum(connectionsWaiting))),
    'Samples with waiting requests': target(waitingSamples),
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
  const positive = waiting.filter((value) => value > 0).length;
  return waiting.length === 0 ? '–' : `${formatCount(positive)} of ${formatCount(waiting.length)}`;
}

type TestWithPostgresql = { test: string; result: Result; postgresql: PostgresqlDetails };

function details(ran: readonly RanTest[]): Block[] {
  const sampled = ran.flatMap(({ test, result }): TestWithPostgresql[] =>
    result.details.postgresql ? [{ test, result, postgresql: result.details.postgresql }] : [],
  );
  if (sampled.length === 0)
    return [
      absentBlock(
        'PostgreSQL was not sampled, or did not respond, so its transactions, queries and indexes are unknown.',
      ),
    ];
  return [transactions(sampled), queries(sampled), ...indexes(sampled)];
}

const transactions = (sampled: readonly TestWithPostgresql[]): Block =>
  tableBlock(
    'Transactions',
    [
      'Test',
      ...numberColumns('Commits', 'Rollbacks', 'Share of rollbacks', 'Deadlocks', 'Cache hit rate', 'Sessions (max)'),
    ],
    sampled.map(({ test, result, postgresql: { commits, rollbacks, deadlocks, cacheHitRate } }) => [
      test,
      commits,
      rollbacks,
      formatShare(rollbacks, commits + rollbacks),
      deadlocks,
      formatValue(cacheHitRate, 'fraction'),
      figureOverRun(result.resources.postgresql, maximum(POSTGRESQL_COLUMNS.connections)),
    ]),
  );

const MAX_QUERIES_SHOWN = 10;

/** Builds a table of the queries of all tests. Queries with the same text are merged and sorted by total time. */
function queries(sampled: readonly TestWithPostgresql[]): Block {
  const all = sampled.flatMap(({ test, postgresql }) =>
    (postgresql.queries ?? []).map((figures) => ({ test, ...figures })),
  );
  if (all.length === 0)
    return absentBlock('No queries were counted: pg_stat_statements is not installed, or the target ran no queries.');
  const merged = [...Map.groupBy(all, ({ query }) => query)].map(([query, inTests]) => {
    const calls = inTests.reduce((sum, figures) => sum + figures.calls, 0);
    const totalMs = inTests.reduce((sum, { calls, meanMs }) => sum + calls * meanMs, 0);
    const slowest = inTests.reduce((worst, figures) => (figures.meanMs > worst.meanMs ? figures : worst));
    const maxima = inTests.flatMap(({ maxMs }) => maxMs ?? []);
    const maxMs = maxima.length === inTests.length ? Math.max(...maxima) : null;
    return { query, calls, totalMs, slowest, maxMs };
  });
  const shown = merged.sort((a, b) => b.totalMs - a.totalMs).slice(0, MAX_QUERIES_SHOWN);
  return tableBlock(
    `Queries of all tests by total time (${formatCount(shown.length)} of ${formatCount(merged.length)})`,
    ['Query', ...numberColumns('Calls', 'Mean', 'Max', 'Mean in slowest test'), 'Slowest test'],
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

function indexes(sampled: readonly TestWithPostgresql[]): Block[] {
  const all = sampled.flatMap(({ postgresql }) => postgresql.indexes);
  if (all.length === 0) return [absentBlock('The database has no indexes.')];
  const merged = [...Map.groupBy(all, ({ name, table }) => `${table}.${name}`).values()].map((inTests) => {
    const rates = inTests.flatMap(({ hitRate }) => hitRate ?? []);
    return {
      ...(inTests[0] as IndexFigures),
      scans: inTests.reduce((sum, { scans }) => sum + scans, 0),
      minHitRate: rates.length === 0 ? null : Math.min(...rates),
      sizeBytes: Math.max(...inTests.map(({ sizeBytes }) => sizeBytes)),
    };
  });
  const used = merged.filter(({ scans }) => scans > 0).sort((a, b) => b.scans - a.scans);
  const unused = merged.filter(({ scans }) => scans === 0).map(({ name }) => name);
  return [
    tableOrAbsent(
      'No index was scanned in any test.',
      'Indexes of all tests',
      ['Index', 'Table', ...numberColumns('Scans', 'Cache hit rate (min)', 'Size (max)')],
      used.map(({ name, table, scans, minHitRate, sizeBytes }) => [
        name,
        table,
        scans,
        formatValue(minHitRate, 'fraction'),
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

/** Builds the section about cache hit rates and evictions, for the cache of the service and for Redis. */
export function cacheSection(tests: readonly CampaignTestResult[]): Section {
  const ran = testsThatRan(tests);
  return section('cache', 'Caches', [cacheOfService(ran), ...redis(ran)]);
}

const { cacheHits, cacheMisses, cacheEvictions } = TARGET_COLUMNS;

function cacheOfService(ran: readonly RanTest[]): Block {
  const measured = ran.filter(({ result }) => figureOverRun(result.resources.target, increase(cacheHits)) !== null);
  if (measured.length === 0) return absentBlock('The target provides no metrics of a cache of its own.');
  return tableByTest('Cache of the service', measured, {
    Hits: ({ resources }) => figureOverRun(resources.target, increase(cacheHits)),
    Misses: ({ resources }) => figureOverRun(resources.target, increase(cacheMisses)),
    'Hit rate': ({ resources }) =>
      formatValue(figureOverRun(resources.target, shareOfIncrease(cacheHits, cacheMisses)), 'fraction'),
    Evictions: ({ resources }) => figureOverRun(resources.target, increase(cacheEvictions)),
  });
}

function redis(ran: readonly RanTest[]): Block[] {
  const sampled = ran.filter(({ result }) => result.details.redis);
  if (sampled.length === 0) return [absentBlock('Redis was not sampled, or did not respond.')];
  return [
    tableByTest('Redis', sampled, {
      'Hit rate': ({ details }) => formatValue(details.redis?.hitRate ?? null, 'fraction'),
      Evictions: ({ details }) => details.redis?.evictions ?? null,
      'Used memory (max)': ({ resources }) =>
        formatValue(figureOverRun(resources.redis, maximum(REDIS_COLUMNS.usedBytes)), 'bytes'),
      'Memory limit': ({ details }) =>
        details.redis?.maxMemoryBytes == null ? 'none' : formatValue(details.redis.maxMemoryBytes, 'bytes'),
    }),
    keys(sampled),
  ];
}

function keys(sampled: readonly RanTest[]): Block {
  const rows = sampled.flatMap(({ test, result }) =>
    (result.details.redis?.keys?.prefixes ?? []).map(({ prefix, count, bytes }) => [
      test,
      prefix,
      count,
      formatValue(bytes, 'bytes'),
    ]),
  );
  return tableOrAbsent(
    'Keys were not scanned. Set TARGET_REDIS_SCAN_KEYS to scan them after each run.',
    'Keys by prefix (up to the first colon)',
    ['Test', 'Prefix', ...numberColumns('Keys', 'Memory')],
    rows,
  );
}
