import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionPool } from '../../db/pool.ts';
import { withCircuitBreaker } from '../../http/breaker.ts';
import { postJson } from '../../http/client.ts';
import { listOutbox, type OutboxMessage, removeFromOutbox } from './repository.ts';

const EMAIL_TIMEOUT_MS = 2000;
const RESEND_INTERVAL_MS = 1000;
const MAX_RESENT_MESSAGES = 50;

/** URL with a port on which no process listens. Simulates an unreachable email provider. */
const UNREACHABLE_URL = 'http://127.0.0.1:1/';

const BREAKER_CLOSED = 0;
const PROVIDER_STATES = ['up', 'recovering', 'down'] as const;

/** Sends emails through the email provider. Resends failed emails once the provider is available again. */
export class Mailer {
  /** Number of emails that failed and wait to be resent. */
  waiting = 0;
  /** If true, the mailer behaves as if the email provider were unreachable. Admins set this flag for drills. */
  cutOff = false;
  readonly breaker;
  readonly #pool: ConnectionPool;
  readonly #stopping = new AbortController();
  #resending: Promise<void> = Promise.resolve();

  constructor(url: string, pool: ConnectionPool) {
    this.#pool = pool;
    this.breaker = withCircuitBreaker(({ recipient, subject }: OutboxMessage) =>
      postJson(this.cutOff ? UNREACHABLE_URL : url, { recipient, subject }, EMAIL_TIMEOUT_MS),
    );
  }

  get providerState(): (typeof PROVIDER_STATES)[number] {
    return PROVIDER_STATES[this.breaker.state()] ?? 'down';
  }

  /**
   * Sends a message from the outbox. @returns false if sending failed, and the message stays in the outbox to be resent
   */
  async send(message: OutboxMessage): Promise<boolean> {
    try {
      await this.#deliver(message);
      return true;
    } catch {
      this.waiting++;
      return false;
    }
  }

  async #deliver(message: OutboxMessage): Promise<void> {
    await this.breaker.call(message);
    await removeFromOutbox(this.#pool, message.id);
  }

  start(): void {
    this.#resending = this.#resend();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#resending;
  }

  async #resend(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(RESEND_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
      // Resend nothing while the circuit is open. Only messages of new requests test whether the provider is available
      // again.
      if (this.waiting === 0 || this.breaker.state() !== BREAKER_CLOSED) continue;
      const messages = await listOutbox(this.#pool, MAX_RESENT_MESSAGES).catch(() => []);
      const sent = await Promise.allSettled(messages.map((message) => this.#deliver(message)));
      const delivered = sent.filter(({ status }) => status === 'fulfilled').length;
      this.waiting = Math.max(0, this.waiting - delivered);
    }
  }
}
