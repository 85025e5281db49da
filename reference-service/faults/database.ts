import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ConnectionPool } from '../db/pool.ts';
import type { FaultSwitch } from './switchboard.ts';

export const smallPool = (pool: ConnectionPool, usualMax: number): FaultSwitch => ({
  apply: (max) => pool.resize(max),
  lift: () => pool.resize(usualMax),
});

export function connectionLeak(pool: ConnectionPool): FaultSwitch {
  const release: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let active = false;
  const take = () =>
    pool
      .acquire()
      .then(({ giveBack }) => {
        if (active) release.push(() => giveBack(false));
        else giveBack(false);
      })
      // An exhausted pool has nothing left to leak.
      .catch(() => undefined);
  return {
    apply(perMinute) {
      active = true;
      clearInterval(timer);
      timer = setInterval(take, 60_000 / perMinute);
    },
    lift() {
      active = false;
      clearInterval(timer);
      for (const giveBack of release.splice(0)) giveBack();
    },
  };
}

/**
 * Locks a table against readers and writers, over a connection of its own, and leaves it free for as long in between.
 *
 * @param table with its schema
 */
export function tableLock(databaseUrl: string, table: string): FaultSwitch {
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
        ended = lockAgainAndAgain({ url: databaseUrl, table, ms, onLocked }, stop.signal);
      });
      await Promise.race([locked, ended]);
    },
    lift,
  };
}

async function lockAgainAndAgain(
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
    // Without a database there is nothing to lock.
  } finally {
    await client.end().catch(() => undefined);
  }
}
