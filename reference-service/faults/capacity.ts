import { setTimeout as delay } from 'node:timers/promises';
import { httpError } from '../http/errors.ts';
import type { FaultSwitch } from './switchboard.ts';

/** Whoever would have to wait longer than this is refused. */
const MAX_WAIT_MS = 1000;

/** A service that does so many requests a second and no more: one after the other, the others in a queue. */
export class ServiceCapacity implements FaultSwitch {
  #intervalMs: number | undefined;
  /** When the last of those in the queue has been served. */
  #freeAt = 0;

  apply(perSecond: number): void {
    this.#intervalMs = 1000 / perSecond;
  }

  lift(): void {
    this.#intervalMs = undefined;
  }

  /**
   * Resolves when it is this request's turn.
   * @throws 503 `overloaded`, at once, where the queue is full
   */
  async waitForTurn(): Promise<void> {
    if (this.#intervalMs === undefined) return;
    const now = performance.now();
    const startsAt = Math.max(now, this.#freeAt);
    if (startsAt - now > MAX_WAIT_MS) {
      throw httpError(503, 'overloaded', 'the service has more to do than it can; try again later');
    }
    this.#freeAt = startsAt + this.#intervalMs;
    await delay(this.#freeAt - now);
  }
}
