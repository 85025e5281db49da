import pg from 'pg';
import { httpError } from '../http/errors.ts';

export type ConnectionPoolOptions = {
  /** Connection URL, including the password. */
  url: string;
  searchPath: string;
  applicationName: string;
  /** Maximum number of connections. */
  max: number;
  acquireTimeoutMs: number;
  /** The time for which each call of `run` holds its connection, in ms. */
  holdMs: number;
};

/** Waiters with high priority get a free connection before those with normal priority. */
export type Priority = 'high' | 'normal';

type Waiter = { admit(): void };

/**
 * A connection pool in which each call of `run` holds a connection for a fixed time, to simulate slow queries. A caller
 * that does not get a connection within the timeout gets an error after waiting in a real queue.
 */
export class ConnectionPool {
  acquireTimeouts = 0;
  readonly #pool: pg.Pool;
  readonly #options: ConnectionPoolOptions;
  readonly #waiting: Record<Priority, Set<Waiter>> = { high: new Set(), normal: new Set() };
  #max: number;
  #active = 0;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    this.#max = options.max;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      options: `-c search_path=${options.searchPath}`,
      application_name: options.applicationName,
      max: options.max,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      // Opening a connection costs far more than a query, so the pool never shrinks by itself.
      idleTimeoutMillis: 0,
      keepAlive: true,
    });
    this.#pool.on('error', () => undefined);
    // pg-pool handles errors of idle clients only. An unhandled error of a busy client would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  get max(): number {
    return this.#max;
  }

  get active(): number {
    return this.#active;
  }

  get idle(): number {
    return this.#pool.idleCount;
  }

  get waiting(): number {
    return this.#waiting.high.size + this.#waiting.normal.size;
  }

  /** Opens all connections now, so that the first requests do not have to wait for them. */
  async warm(): Promise<void> {
    const missing = Math.max(0, this.#max - this.#active);
    const opened: pg.PoolClient[] = [];
    try {
      while (opened.length < missing) {
        // Open the connections in batches, because PostgreSQL starts a process per connection, which can exceed the
        // timeout on a busy machine.
        const length = Math.min(MAX_PARALLEL_CONNECTS, missing - opened.length);
        const results = await Promise.allSettled(Array.from({ length }, () => this.#pool.connect()));
        for (const result of results) if (result.status === 'fulfilled') opened.push(result.value);
        const failure = results.find(({ status }) => status === 'rejected');
        if (failure?.status === 'rejected') throw failure.reason;
      }
    } finally {
      for (const client of opened) client.release();
    }
  }

  /**
   * Sets the maximum number of connections, up to the initial maximum. Surplus connections that are in use close when
   * they are released.
   */
  async resize(max: number): Promise<void> {
    const grows = max > this.#max;
    this.#max = Math.min(max, this.#options.max);
    this.#admit();
    if (grows) {
      // Ignore errors: if connections cannot be opened now, the pool opens them on demand.
      await this.warm().catch(() => undefined);
      return;
    }
    const surplus = Math.min(this.#pool.idleCount, this.#pool.totalCount - this.#max);
    const closing = await Promise.all(
      Array.from({ length: Math.max(0, surplus) }, () => this.#pool.connect().catch(() => undefined)),
    );
    for (const client of closing) client?.release(true);
  }

  /**
   * Returns a connection and the function that releases it. The caller must call `release`, with true if the connection
   * is broken.
   *
   * @throws 503 `db_pool_timeout` if no connection becomes free in time, 503 `database_unavailable` if PostgreSQL cannot
   *   be reached
   */
  async acquire(priority: Priority = 'normal'): Promise<{ client: pg.ClientBase; release(broken: boolean): void }> {
    await this.#enter(priority);
    try {
      const client = await this.#pool.connect();
      return {
        client,
        release: (broken) => {
          client.release(broken || this.#pool.totalCount > this.#max);
          this.#leave();
        },
      };
    } catch (error) {
      this.#leave();
      throw unavailable(error);
    }
  }

  /** Waits until fewer than `max` connections are in use. */
  #enter(priority: Priority): Promise<void> {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        this.#waiting[priority].delete(waiter);
        this.acquireTimeouts++;
        fail(httpError(503, 'db_pool_timeout', 'no database connection became free in time'));
      }, this.#options.acquireTimeoutMs);
      const waiter = {
        admit: () => {
          clearTimeout(timer);
          done();
        },
      };
      this.#waiting[priority].add(waiter);
      this.#admit();
    });
  }

  #leave(): void {
    this.#active--;
    this.#admit();
  }

  #admit(): void {
    while (this.#active < this.#max) {
      const queue = this.#waiting.high.size > 0 ? this.#waiting.high : this.#waiting.normal;
      const [next] = queue;
      if (!next) return;
      queue.delete(next);
      this.#active++;
      next.admit();
    }
  }

  /**
   * Runs an action with a connection and holds the connection for the rest of the hold time.
   *
   * @param options `holdShare` multiplies the hold time
   */
  run<T>(
    action: (client: pg.ClientBase) => Promise<T>,
    { holdShare = 1, priority }: { holdShare?: number; priority?: Priority } = {},
  ): Promise<T> {
    return this.#withConnection(priority, async (client) => {
      const started = performance.now();
      const result = await action(client);
      const remainingMs = this.#options.holdMs * holdShare - (performance.now() - started);
      if (remainingMs > 0.5) await client.query({ name: 'hold', text: HOLD_QUERY, values: [remainingMs / 1000] });
      return result;
    });
  }

  /** Runs one statement without holding the connection. */
  query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<R>> {
    return this.#withConnection('normal', (client) => client.query<R>(text, values));
  }

  async #withConnection<T>(priority: Priority | undefined, action: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    const { client, release } = await this.acquire(priority);
    let broken = false;
    try {
      return await action(client);
    } catch (error) {
      broken = isConnectionLoss(error);
      throw broken ? unavailable(error) : error;
    } finally {
      release(broken);
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}

const HOLD_QUERY = 'SELECT pg_sleep($1::float8)';

const CONNECT_TIMEOUT_MS = 2000;
const MAX_PARALLEL_CONNECTS = 10;

const unavailable = (cause: unknown) =>
  Object.assign(httpError(503, 'database_unavailable', 'the database cannot be reached'), { cause });

/** Whether an error means that the connection or the server was lost. */
function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^(08|57P0|E[A-Z]+$)/.test(code) || /^Connection terminated|not queryable/.test(error.message);
}

/** Runs statements in a transaction and rolls it back if one of them fails. */
export async function transaction<T>(client: pg.ClientBase, statements: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await statements();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // If the connection was lost, the server has already rolled back.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
