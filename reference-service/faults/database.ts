import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ConnectionPool } from '../db/pool.ts';
import type { FaultSwitch } from './switchboard.ts';

export const smallPoolSwitch = (pool: ConnectionPool, normalMax: number): FaultSwitch => ({
  apply: (max) => pool.resize(max),
  lift: () => pool.resize(normalMax),
});

export function connectionLeakSwitch(pool: ConnectionPool): FaultSwitch {
  const leaked: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let active = false;
  const leakConnection = () =>
    pool
      .acquire()
      .then(({ release }) => {
        if (active) leaked.push(() => release(false));
        else release(false);
      })
      // Ignore the error: the pool is exhausted, so no connection is left that could leak.
      .catch(() => undefined);
  return {
    apply(perMinute) {
      active = true;
      clearInterval(timer);
      timer = setInterval(leakConnection, 60_000 / perMinute);
    },
    lift() {
      active = false;
      clearInterval(timer);
      for (const release of leaked.splice(0)) release();
    },
  };
}

/**
 * Repeatedly locks a table against reads and writes, with pauses of the same length. The value of the fault is the
 * duration of a lock in ms. Uses a separate database connection.
 *
 * @param table name of the table, including the schema
 */
export function tableLockSwitch(databaseUrl: string, table: string): FaultSwitch {
  let stop = new AbortController();
  let ended = Promise.resolve();
  const lift = () => {
    stop.abort();
    return ended;
  };
  return {
    async apply(ms) {
      await lift();
      stop = new AbortController();
      const locked = new Promise<void>((onLocked) => {
        ended = lockRepeatedly({ url: databaseUrl, table, ms, onLocked }, stop.signal);
      });
      await Promise.race([locked, ended]);
    },
    lift,
  };
}

async function lockRepeatedly(
  { url, table, ms, onLocked }: { url: string; table: string; ms: number; onLocked: () => void },
  signal: AbortSignal,
): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'database-lock' });
  client.on('error', () => undefined);
  const pause = () => sleep(ms, undefined, { signal }).catch(() => undefined);
  try {
    await client.connect();
    while (!signal.aborted) {
      await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      onLocked();
      await pause();
      await client.query('COMMIT');
      await pause();
    }
  } catch {
    // Ignore the error: the database is unavailable, so the table cannot be locked.
  } finally {
    await client.end().catch(() => undefined);
  }
}
