import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { httpError } from '../http/errors.ts';
import { type ConnectionPool, transaction } from './pool.ts';

const MAX_RETRIES = 3;
const BASE_DELAY_MS = 100;
const BACKOFF_FACTOR = 2;

const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';

/**
 * Runs transactions. Retries a transaction if the database rolls it back because of a conflict with another
 * transaction.
 */
export class RetryingTransactions {
  retries = 0;
  deadlocks = 0;
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  /**
   * Runs the statements in a transaction, with several attempts. Releases the connection between two attempts.
   *
   * @throws 503 `transaction_conflict` if the database also rolls back the last attempt
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
          throw httpError(
            503,
            'transaction_conflict',
            'the transaction was rolled back repeatedly because of conflicts with other transactions',
          );
        this.retries++;
        // Wait a random time, so that two conflicting transactions do not retry at the same time.
        await sleep(BASE_DELAY_MS * BACKOFF_FACTOR ** retry * (0.5 + Math.random()));
      }
    }
  }
}
