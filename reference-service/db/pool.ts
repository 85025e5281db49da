import pg from 'pg';
import { httpError } from '../http/errors.ts';

export type ConnectionPoolOptions = {
  /** Connection URL, password included. */
  url: string;
  searchPath: string;
  applicationName: string;
  max: number;
  acquireTimeoutMs: number;
  /** Time that a unit of work occupies its connection, in ms. */
  holdMs: number;
};

/** Who comes first to a free connection. */
export type Priority = 'first' | 'in order';

type Waiter = { go(): void };

/**
 * A pool in which one unit of work occupies one connection for a fixed time, as slow queries would.
 * What does not get a connection in time fails by real queueing.
 */
export class ConnectionPool {
  acquireTimeouts = 0;
  readonly #pool: pg.Pool;
  readonly #options: ConnectionPoolOptions;
  readonly #waiting: Record<Priority, Set<Waiter>> = { first: new Set(), 'in order': new Set() };
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
    // pg-pool listens to idle clients only; a busy one that loses its server would end the process.
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
    return this.#waiting.first.size + this.#waiting['in order'].size;
  }

  /** Opens all connections now, so that the first requests don't pay for it. */
  async warm(): Promise<void> {
    const missing = Math.max(0, this.#max - this.#active);
    const opened: pg.PoolClient[] = [];
    try {
      while (opened.length < missing) {
        // A few at a time: each takes a process of the server, and on a busy machine all together take too long.
        const length = Math.min(OPENED_AT_ONCE, missing - opened.length);
        const some = await Promise.allSettled(Array.from({ length }, () => this.#pool.connect()));
        for (const one of some) if (one.status === 'fulfilled') opened.push(one.value);
        const failure = some.find(({ status }) => status === 'rejected');
        if (failure?.status === 'rejected') throw failure.reason;
      }
    } finally {
      for (const client of opened) client.release();
    }
  }

  /** Changes the number of connections, up to the first; busy ones beyond it close when given back. */
  async resize(max: number): Promise<void> {
    const grows = max > this.#max;
    this.#max = Math.min(max, this.#options.max);
    this.#admit();
    if (grows) {
      // A pool that can't be filled now fills itself on demand.
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
   * A connection, and the function with which the caller must give it back, saying whether it broke.
   *
   * @throws 503 `db_pool_timeout` when none was free in time, 503 `database_unavailable` when the
   * server can't be reached.
   */
  async acquire(
    turn: Priority = 'in order',
  ): Promise<{ client: pg.ClientBase; giveBack(broken: boolean): void }> {
    await this.#enter(turn);
    try {
      const client = await this.#pool.connect();
      return {
        client,
        giveBack: (broken) => {
          client.release(broken || this.#pool.totalCount > this.#max);
          this.#leave();
        },
      };
    } catch (error) {
      this.#leave();
      throw unavailable(error);
    }
  }

  /** Waits for a place among the `max`. */
  #enter(turn: Priority): Promise<void> {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        this.#waiting[turn].delete(waiter);
        this.acquireTimeouts++;
        fail(httpError(503, 'db_pool_timeout', 'no database connection became free in time'));
      }, this.#options.acquireTimeoutMs);
      const waiter = {
        go: () => {
          clearTimeout(timer);
          done();
        },
      };
      this.#waiting[turn].add(waiter);
      this.#admit();
    });
  }

  #leave(): void {
    this.#active--;
    this.#admit();
  }

  #admit(): void {
    while (this.#active < this.#max) {
      const queue = this.#waiting.first.size > 0 ? this.#waiting.first : this.#waiting['in order'];
      const [next] = queue;
      if (!next) return;
      queue.delete(next);
      this.#active++;
      next.go();
    }
  }

  /**
   * Runs one unit of work and keeps its connection for the rest of the hold time.
   *
   * @param options share of the hold time that this kind of work takes, and who comes first.
   */
  run<T>(
    unit: (client: pg.ClientBase) => Promise<T>,
    { holdShare = 1, turn }: { holdShare?: number; turn?: Priority } = {},
  ): Promise<T> {
    return this.#with(turn, async (client) => {
      const started = performance.now();
      const result = await unit(client);
      const restMs = this.#options.holdMs * holdShare - (performance.now() - started);
      if (restMs > 0.5) await client.query({ name: 'hold', text: HOLD, values: [restMs / 1000] });
      return result;
    });
  }

  /** One statement on any connection, without hold. */
  query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<R>> {
    return this.#with('in order', (client) => client.query<R>(text, values));
  }

  async #with<T>(turn: Priority | undefined, unit: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    const { client, giveBack } = await this.acquire(turn);
    let broken = false;
    try {
      return await unit(client);
    } catch (error) {
      broken = isConnectionLoss(error);
      throw broken ? unavailable(error) : error;
    } finally {
      giveBack(broken);
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}

const HOLD = 'SELECT pg_sleep($1::float8)';

const CONNECT_TIMEOUT_MS = 2000;
const OPENED_AT_ONCE = 10;

const unavailable = (cause: unknown) =>
  Object.assign(httpError(503, 'database_unavailable', 'the database can not be reached'), { cause });

/** Whether a failed statement means that its connection or the server is gone. */
function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^(08|57P0|E[A-Z]+$)/.test(code) || /^Connection terminated|not queryable/.test(error.message);
}

/** Runs statements as one transaction, undone when one of them fails. */
export async function transaction<T>(client: pg.ClientBase, statements: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await statements();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // On a lost connection the server has undone it already.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
