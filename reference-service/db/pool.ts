import pg from 'pg';
import { httpError } from '../http/errors.ts';

export type ConnectionPoolOptions = {
  /** Connection URL of the database, including the password. */
  url: string;
  searchPath: string;
  applicationName: string;
  /** Maximum number of connections in the pool. */
  max: number;
  acquireTimeoutMs: number;
  /** Time in ms for which each call of `run` holds a connection. */
  holdMs: number;
};

/** Callers with high priority get a free connection before callers with normal priority. */
export type Priority = 'high' | 'normal';

type Waiter = { admit(): void };

/**
 * A connection pool in which each call of `run` holds a connection for a fixed time, to simulate slow queries. Callers
 * wait in a queue for a free connection, and get an error if they wait longer than the timeout.
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
      // Keep idle connections open, because opening a connection takes much longer than a query.
      idleTimeoutMillis: 0,
      keepAlive: true,
    });
    this.#pool.on('error', () => undefined);
    // Handle the errors of busy clients, because pg-pool only handles those of idle clients. Unhandled errors would end
    // the process.
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

  /** Opens all connections of the pool in advance, so that the first requests do not wait for new connections. */
  async warm(): Promise<void> {
    const missing = Math.max(0, this.#max - this.#active);
    const opened: pg.PoolClient[] = [];
    try {
      while (opened.length < missing) {
        // Open the connections in batches. PostgreSQL starts a process per connection, so opening all connections at
        // once could exceed the timeout on a busy machine.
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
   * Sets the maximum number of connections, which cannot exceed the initial maximum. Closes surplus connections that
   * are in use when callers release them.
   */
  async resize(max: number): Promise<void> {
    const grows = max > this.#max;
    this.#max = Math.min(max, this.#options.max);
    this.#admit();
    if (grows) {
      // Ignore errors: the pool opens missing connections on demand.
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

  /** Waits until fewer than `max` connections are in use, then counts one more as used. */
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
   * Runs an action with a connection. If the action takes less than the hold time, keeps the connection until the hold
   * time has passed.
   *
   * @param options `holdShare` is a factor for the hold time
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

  /** Runs one SQL statement, and releases the connection immediately afterwards, without a hold time. */
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

/** Returns whether an error means that the connection to the server was lost. */
function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^(08|57P0|E[A-Z]+$)/.test(code) || /^Connection terminated|not queryable/.test(error.message);
}

/** Runs SQL statements in a transaction. Rolls the transaction back if a statement fails. */
export async function transaction<T>(client: pg.ClientBase, statements: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await statements();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // Ignore errors: if the connection was lost, the server has already rolled the transaction back.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
