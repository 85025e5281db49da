import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { httpError } from '../http/errors.ts';
import { type ConnectionPool, transaction } from './pool.ts';

const MAX_RETRIES = 3;
const BASE_DELAY_MS = 100;
const BACKOFF_FACTOR = 2;

const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';

/** Transactions that are done again when the database has undone them for the sake of another one. */
export class RetryingTransactions {
  retries = 0;
  deadlocks = 0;
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /**
   * Between two attempts no connection is held.
   *
   * @throws 503 `transaction_conflict` when the last attempt was undone, too.
   */
  async run<T>(statements: (client: ClientBase) => Promise<T>): Promise<T> {
    for (let retry = 0; ; retry++) {
      try {
        return await this.#pool.run((client) => transaction(client, () => statements(client)));
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (code === DEADLOCK) this.deadlocks++;
        else if (code !== SERIALIZATION_FAILURE) throw error;
        if (retry === MAX_RETRIES)
          throw httpError(503, 'transaction_conflict', 'other transactions came between, again and again');
        this.retries++;
        // Those that were in each other's way must not meet again.
        await sleep(BASE_DELAY_MS * BACKOFF_FACTOR ** retry * (0.5 + Math.random()));
      }
    }
  }
}
