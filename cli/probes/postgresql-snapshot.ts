import type pg from 'pg';

/**
 * A SQL comment that marks the queries of the probe, so that the probe can exclude its own queries from its figures.
 */
export const QUERY_MARK = '/* load-suite */';

export interface DatabaseCounters {
  commits: number;
  rollbacks: number;
  deadlocks: number;
  blocksHit: number;
  blocksRead: number;
}

export interface StatementCounters {
  /** The text of the query; null if the snapshot was taken without query texts. */
  query: string | null;
  calls: number;
  totalMs: number;
  maxMs: number;
}

export interface IndexCounters {
  name: string;
  table: string;
  scans: number;
  blocksHit: number;
  blocksRead: number;
  sizeBytes: number | null;
}

/** The counters of a database at a point in time. */
export interface Snapshot {
  version: string;
  maxConnections: number;
  /** Whether this role can see sessions and queries of other roles. */
  seesAll: boolean;
  counters: DatabaseCounters;
  /** Counters by query ID; null if the extension pg_stat_statements is not available. */
  statements: Map<string, StatementCounters> | null;
  /** Counters of each index, by object ID. */
  indexes: Map<string, IndexCounters>;
}

/** SQL that selects columns of pg_stat_database, under the names that they have in a sample. */
export const COUNTER_COLUMNS = `xact_commit::float8 AS commits, xact_rollback::float8 AS rollbacks, deadlocks::float8,
  blks_hit::float8 AS "blocksHit", blks_read::float8 AS "blocksRead"`;

const SERVER = `
SELECT ${QUERY_MARK} current_setting('server_version') AS version,
  current_setting('max_connections')::int AS "maxConnections",
  pg_has_role('pg_read_all_stats', 'USAGE') AS "seesAll",
  (SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_stat_statements') AS extension,
  ${COUNTER_COLUMNS}
FROM pg_stat_database WHERE datname = current_database()`;

const INDEXES = `
SELECT ${QUERY_MARK} indexrelid::text AS id, indexrelname AS name,
  CASE schemaname WHEN 'public' THEN '' ELSE schemaname || '.' END || relname AS table,
  idx_scan::float8 AS scans, idx_blks_hit::float8 AS "blocksHit", idx_blks_read::float8 AS "blocksRead",
  CASE WHEN $1 THEN pg_relation_size(indexrelid)::float8 END AS "sizeBytes"
FROM pg_stat_user_indexes JOIN pg_statio_user_indexes USING (indexrelid, indexrelname, schemaname, relname)`;

/**
 * Select only top-level statements, because the figures of a function call already include the statements inside the
 * function.
 */
const statementsBy = (extension: string) => `
SELECT ${QUERY_MARK} coalesce(queryid::text, '') AS id, min(query) AS query, sum(calls)::float8 AS calls,
  sum(total_exec_time) AS "totalMs", max(max_exec_time) AS "maxMs"
FROM ${extension}.pg_stat_statements($1)
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND toplevel
  AND (query IS NULL OR query NOT LIKE '%${QUERY_MARK}%')
GROUP BY queryid`;

/**
 * Takes a snapshot of a database. @param full whether to also read query texts and index sizes; only one of the two
 * snapshots of a run needs them
 */
export async function takeSnapshot(client: pg.Client, { full }: { full: boolean }): Promise<Snapshot> {
  const {
    rows: [server],
  } = await client.query<
    Pick<Snapshot, 'version' | 'maxConnections' | 'seesAll'> & DatabaseCounters & { extension: string | null }
  >(SERVER);
  if (!server) throw new Error('the database has no statistics');
  const { version, maxConnections, seesAll, extension, ...counters } = server;
  return {
    version,
    maxConnections,
    seesAll,
    counters,
    statements: extension === null ? null : await statements(client, extension, full),
    indexes: await byId<IndexCounters>(client, INDEXES, full),
  };
}

/** Returns the counters of all queries; null if pg_stat_statements is not installed or its library is not loaded. */
function statements(
  client: pg.Client,
  extension: string,
  full: boolean,
): Promise<Map<string, StatementCounters> | null> {
  return byId<StatementCounters>(client, statementsBy(extension), full).catch(() => null);
}

async function byId<Row>(client: pg.Client, query: string, full: boolean): Promise<Map<string, Row>> {
  const { rows } = await client.query<Row & { id: string }>(query, [full]);
  return new Map(rows.map(({ id, ...row }) => [id, row as Row]));
}
