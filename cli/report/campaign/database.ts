import type { Tested } from '../../../lib/core/across-runs/index.ts';
import {
  type IndexFigures,
  POSTGRESQL_COLUMNS,
  type PostgresqlDetails,
  type Result,
  type Samples,
  TARGET_COLUMNS,
} from '../../../lib/core/evidence/index.ts';
import { formatCount, formatMs, formatShare, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Cell, Section } from '../document.ts';
import { absent, right, table, text } from '../run/blocks.ts';
import { shortened } from '../run/database.ts';
import { average, increase, most } from '../run/figures-of-samples.ts';
import { over, perTest, type Ran, ranOf } from './tested.ts';

/** Pool, transactions, queries and indexes over all tests. */
export function databaseSection(tests: readonly Tested[]): Section {
  const ran = ranOf(tests);
  return {
    id: 'database-of-all',
    title: 'Database',
    blocks: [pool(ran), ...details(ran)],
  };
}

const { connectionsMax, connectionsActive, connectionsWaiting, connectionTimeouts } = TARGET_COLUMNS;

function pool(ran: readonly Ran[]): Block {
  const measured = ran.filter(({ result }) => over(result.resources.target, most(connectionsMax)) !== null);
  if (measured.length === 0)
    return absent('The target tells nothing of its connection pool: how it behaved is not known.');
  const target = (figure: (samples: Samples) => Cell) => (result: Result) =>
    result.resources.target ? figure(result.resources.target) : '';
  return perTest('Connection pool', measured, {
    Size: target((samples) => formatValue(over(samples, most(connectionsMax)), 'count')),
    'In use, mean': target((samples) => formatValue(mean(samples), 'count')),
    'In use, most': target((samples) => formatValue(over(samples, most(connectionsActive)), 'count')),
    'Of its size, most': target((samples) => formatValue(shareInUse(samples), 'fraction')),
    'Waiting, most': target((samples) => formatValue(over(samples, most(connectionsWaiting)), 'count')),
    'Samples with somebody waiting': target(waitingSamples),
    Timeouts: target((samples) => formatValue(over(samples, increase(connectionTimeouts)), 'count')),
  });
}

const mean = (samples: Samples) => over(samples, average(connectionsActive));

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
      formatCount(commits),
      formatCount(rollbacks),
      formatShare(rollbacks, commits + rollbacks),
      formatCount(deadlocks),
      formatValue(cacheHitRate, 'fraction'),
      formatValue(over(result.resources.postgresql, most(POSTGRESQL_COLUMNS.connections)), 'count'),
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
      formatCount(calls),
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
    used.length === 0
      ? absent('No index was scanned in any test.')
      : table(
          'Indexes over all tests',
          ['Index', 'Table', ...right('Scans', 'Found in the cache, lowest', 'Size, largest')],
          used.map(({ name, table: of, scans, lowest, sizeBytes }) => [
            name,
            of,
            formatCount(scans),
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
