import pg from 'pg';
import { Connection, type Connector } from './connection.ts';
import { postgresqlDetails } from './postgresql-details.ts';
import { COUNTER_COLUMNS, QUERY_MARK, type Snapshot, takeSnapshot } from './postgresql-snapshot.ts';
import type { Probe, Sample } from './probe.ts';

const CONNECT_TIMEOUT_MS = 2000;
const TIMEOUT_MS = 4000;

/**
 * Settings of the probe's database session, as connection options. Behind a connection pooler, a SET statement could
 * change other sessions instead.
 */
const SESSION_SETTINGS = ['default_transaction_read_only=on', 'statement_timeout=2000', 'lock_timeout=500'];

/**
 * The query for a sample. Without membership in pg_monitor, PostgreSQL hides type, state and waits of other roles'
 * sessions. The columns that need them are then null.
 */
const SAMPLE = `
SELECT ${QUERY_MARK} connections,
  CASE WHEN hidden = 0 THEN active END AS active,
  CASE WHEN hidden = 0 THEN idle END AS idle,
  CASE WHEN hidden = 0 THEN in_transaction END AS "idleInTransaction",
  CASE WHEN hidden = 0 THEN waiting END AS "waitingForLock",
  current_setting('max_connections')::int AS "maxConnections",
  ${COUNTER_COLUMNS}
FROM pg_stat_database, (
  SELECT count(*)::int AS connections,
    count(*) FILTER (WHERE backend_type IS NULL)::int AS hidden,
    count(*) FILTER (WHERE state = 'active')::int AS active,
    count(*) FILTER (WHERE state = 'idle')::int AS idle,
    count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS in_transaction,
    count(*) FILTER (WHERE wait_event_type = 'Lock')::int AS waiting
  FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (backend_type = 'client backend' OR backend_type IS NULL AND usesysid IS NOT NULL)
) AS sessions
WHERE datname = current_database()`;

const HIDDEN_SESSIONS =
  'PostgreSQL: the role in TARGET_DATABASE_URL is not a member of pg_monitor, so sessions and queries of other roles are hidden';

/**
 * Samples one database: its sessions by state, and its counters. Sends one query per sample over a read-only
 * connection.
 */
export function postgresqlProbe(url: string, note: (text: string) => void): Probe {
  const connection = new Connection(connectorTo(url));
  let before: Snapshot | null = null;
  return {
    sample: () =>
      connection.use(TIMEOUT_MS, async (client) => {
        if (!before) {
          before = await takeSnapshot(client, { full: false });
          if (!before.seesAll) note(HIDDEN_SESSIONS);
        }
        const { rows } = await client.query<Sample>(SAMPLE);
        return rows[0] ?? {};
      }),
    details: async () => {
      const first = before;
      if (!first) return {};
      const last = await connection.use(TIMEOUT_MS, (client) => takeSnapshot(client, { full: true }));
      return { postgresql: postgresqlDetails(first, last) };
    },
    close: () => connection.close(),
  };
}

function connectorTo(url: string): Connector<pg.Client> {
  return {
    async open(lost) {
      const client = new pg.Client({
        connectionString: sessionUrl(url),
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        keepAlive: true,
      });
      client.on('error', lost);
      await client.connect();
      return client;
    },
    end: (client) => client.end(),
  };
}

/**
 * Adds the session settings to the database URL, because the pg library ignores separate options if the URL contains
 * options.
 */
export function sessionUrl(url: string): string {
  const session = new URL(url);
  const { searchParams } = session;
  const options = [searchParams.get('options'), ...SESSION_SETTINGS.map((setting) => `-c ${setting}`)];
  searchParams.set('options', options.filter((option) => option !== null).join(' '));
  searchParams.set('application_name', 'load-suite');
  return session.href;
}
