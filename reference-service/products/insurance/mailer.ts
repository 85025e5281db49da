import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionPool } from '../../db/pool.ts';
import { withCircuitBreaker } from '../../http/breaker.ts';
import { postJson } from '../../http/client.ts';
import { listOutbox, type Message, removeFromOutbox } from './repository.ts';

const EMAIL_TIMEOUT_MS = 2000;
const RESEND_EVERY_MS = 1000;
const RESENT_AT_ONCE = 50;

/** Where nobody listens: what a service sees whose provider is gone. */
const NOWHERE = 'http://127.0.0.1:1/';

const CLOSED = 0;
const STATES = ['up', 'recovering', 'down'] as const;

/** Sends messages through the email provider, and later those that it did not take. */
export class Mailer {
  /** Messages that are to be sent later. */
  waiting = 0;
  /** A drill: the provider is out of reach. */
  cutOff = false;
  readonly breaker;
  readonly #pool: ConnectionPool;
  readonly #ended = new AbortController();
  #resending: Promise<void> = Promise.resolve();

  constructor(url: string, pool: ConnectionPool) {
    this.#pool = pool;
    this.breaker = withCircuitBreaker(({ recipient, subject }: Message) =>
      postJson(this.cutOff ? NOWHERE : url, { recipient, subject }, EMAIL_TIMEOUT_MS),
    );
  }

  get provider(): (typeof STATES)[number] {
    return STATES[this.breaker.state()] ?? 'down';
  }

  /** Sends what is in the outbox now. @returns false where it stays there, to be sent later */
  async send(message: Message): Promise<boolean> {
    try {
      await this.#deliver(message);
      return true;
    } catch {
      this.waiting++;
      return false;
    }
  }

  async #deliver(message: Message): Promise<void> {
    await this.breaker.call(message);
    await removeFromOutbox(this.#pool, message.id);
  }

  start(): void {
    this.#resending = this.#resend();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#resending;
  }

  async #resend(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await sleep(RESEND_EVERY_MS, undefined, { signal }).catch(() => undefined);
      // It is for the requests to find out whether the provider is back.
      if (this.waiting === 0 || this.breaker.state() !== CLOSED) continue;
      const messages = await listOutbox(this.#pool, RESENT_AT_ONCE).catch(() => []);
      const sent = await Promise.allSettled(messages.map((message) => this.#deliver(message)));
      const delivered = sent.filter(({ status }) => status === 'fulfilled').length;
      this.waiting = Math.max(0, this.waiting - delivered);
    }
  }
}
