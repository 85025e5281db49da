import type {
  IndexFigures,
  PostgresqlDetails,
  QueryFigures,
  Result,
} from '../../../lib/core/evidence/index.ts';
import { formatCount, formatMs, formatShare, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Section } from '../document.ts';
import { absent, figures, right, table } from './blocks.ts';

/** What PostgreSQL says of the time of the run. */
export function databaseSection({ details: { postgresql } }: Result): Section {
  return {
    id: 'database',
    title: 'PostgreSQL in detail',
    blocks: postgresql
      ? [totals(postgresql), queries(postgresql.queries), indexes(postgresql.indexes)]
      : [absent('PostgreSQL was not asked, or did not answer at the end of the run.')],
  };
}

const totals = ({ cacheHitRate, commits, rollbacks, deadlocks }: PostgresqlDetails): Block =>
  figures('Over the whole run', [
    ['Blocks found in the cache', formatValue(cacheHitRate, 'fraction')],
    ['Commits', formatCount(commits)],
    ['Rollbacks', formatCount(rollbacks)],
    ['Share of rollbacks', formatShare(rollbacks, commits + rollbacks)],
    ['Deadlocks', formatCount(deadlocks)],
  ]);

function queries(figures: readonly QueryFigures[] | null): Block {
  if (figures === null) return absent('Queries are not counted: the database lacks pg_stat_statements.');
  if (figures.length === 0) return absent('No query was counted.');
  return table(
    'Queries, by the time they took together',
    ['Query', ...right('Calls', 'Mean', 'Longest', 'Share of time')],
    figures.map(({ query, calls, meanMs, maxMs, share }) => [
      shortened(query),
      formatCount(calls),
      formatMs(meanMs),
      formatValue(maxMs, 'ms'),
      formatValue(share, 'fraction'),
    ]),
  );
}

const QUERY_LENGTH = 160;

/** On one line, and no longer than it takes to know it again. */
export function shortened(query: string): string {
  const line = query.replace(/\s+/g, ' ').trim();
  return line.length > QUERY_LENGTH ? `${line.slice(0, QUERY_LENGTH - 1)}…` : line;
}

function indexes(figures: readonly IndexFigures[]): Block {
  if (figures.length === 0) return absent('The database has no index.');
  return table(
    'Indexes',
    ['Index', 'Table', ...right('Scans', 'Found in the cache', 'Size')],
    figures.map(({ name, table: of, scans, hitRate, sizeBytes }) => [
      name,
      of,
      formatCount(scans),
      formatValue(hitRate, 'fraction'),
      formatValue(sizeBytes, 'bytes'),
    ]),
  );
}
