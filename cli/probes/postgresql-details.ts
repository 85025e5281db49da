import {
  hitRate,
  type IndexFigures,
  increaseSince,
  type PostgresqlDetails,
  type QueryFigures,
} from '../../lib/core/evidence/index.ts';
import type { IndexCounters, Snapshot, StatementCounters } from './postgresql-snapshot.ts';

const MAX_QUERIES = 20;
const MAX_INDEXES = 100;
const MAX_QUERY_LENGTH = 300;

/** Returns the differences between two snapshots of a database. */
export function postgresqlDetails(before: Snapshot, after: Snapshot): PostgresqlDetails {
  const since = (counter: keyof Snapshot['counters']) =>
    increaseSince(before.counters[counter], after.counters[counter]);
  return {
    version: after.version,
    maxConnections: after.maxConnections,
    cacheHitRate: hitRate(since('blocksHit'), since('blocksRead')),
    commits: since('commits'),
    rollbacks: since('rollbacks'),
    deadlocks: since('deadlocks'),
    queries: before.statements && after.statements && queriesBetween(before.statements, after.statements),
    indexes: indexesBetween(before.indexes, after.indexes),
  };
}

type Statements = ReadonlyMap<string, StatementCounters>;

function queriesBetween(before: Statements, after: Statements): QueryFigures[] {
  const ran = [...after]
    .map(([id, now]) => queryBetween(before.get(id), now))
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => b.totalMs - a.totalMs);
  const allMs = ran.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return ran
    .slice(0, MAX_QUERIES)
    .map(({ totalMs, ...figures }) => ({ ...figures, share: allMs > 0 ? totalMs / allMs : 0 }));
}

function queryBetween(
  before: StatementCounters | undefined,
  { query, calls: callsNow, totalMs: totalNow, maxMs: maxNow }: StatementCounters,
): Omit<QueryFigures, 'share'> & { totalMs: number } {
  // If a counter is lower than before, the server reset or evicted the counter during the run. Its whole value then
  // belongs to the run.
  const known = before && before.calls <= callsNow ? before : null;
  const calls = callsNow - (known?.calls ?? 0);
  const totalMs = Math.max(0, totalNow - (known?.totalMs ?? 0));
  return {
    query: withoutValues(query ?? ''),
    calls,
    meanMs: calls > 0 ? totalMs / calls : 0,
    maxMs: known && known.maxMs >= maxNow ? null : maxNow,
    totalMs,
  };
}

/**
 * Shortens a query text and removes quoted values. pg_stat_statements replaces values with placeholders, except in
 * utility statements.
 */
function withoutValues(query: string): string {
  const line = query
    .replace(/'(?:[^']|'')*'/g, "'…'")
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > MAX_QUERY_LENGTH ? `${line.slice(0, MAX_QUERY_LENGTH - 1)}…` : line;
}

type Indexes = ReadonlyMap<string, IndexCounters>;

function indexesBetween(before: Indexes, after: Indexes): IndexFigures[] {
  return [...after]
    .map(([id, now]) => indexBetween(before.get(id), now))
    .sort((a, b) => b.scans - a.scans || a.name.localeCompare(b.name))
    .slice(0, MAX_INDEXES);
}

function indexBetween(before: IndexCounters | undefined, now: IndexCounters): IndexFigures {
  const since = (counter: 'scans' | 'blocksHit' | 'blocksRead') => increaseSince(before?.[counter] ?? 0, now[counter]);
  return {
    name: now.name,
    table: now.table,
    scans: since('scans'),
    hitRate: hitRate(since('blocksHit'), since('blocksRead')),
    sizeBytes: now.sizeBytes ?? 0,
  };
}
