import { setTimeout as delay } from 'node:timers/promises';
import { httpError } from '../http/errors.ts';
import type { FaultSwitch } from './switchboard.ts';

/** Maximum time in ms that a request waits for its turn. Requests that would wait longer are refused. */
const MAX_WAIT_MS = 1000;

/** Limits the service to a fixed rate of requests. Requests above the rate wait in a queue. */
export class ServiceCapacity implements FaultSwitch {
  #serviceTimeMs: number | undefined;
  /** Time at which the queue will be empty. */
  #idleAtMs = 0;

  apply(perSecond: number): void {
    this.#serviceTimeMs = 1000 / perSecond;
  }

  lift(): void {
    this.#serviceTimeMs = undefined;
  }

  /**
   * Resolves when it is the turn of the request.
   * @throws 503 `overloaded` immediately if the queue is full
   */
  async waitForTurn(): Promise<void> {
    if (this.#serviceTimeMs === undefined) return;
    const now = performance.now();
    const startsAtMs = Math.max(now, this.#idleAtMs);
    if (startsAtMs - now > MAX_WAIT_MS) {
      throw httpError(503, 'overloaded', 'the service has reached its capacity; try again later');
    }
    this.#idleAtMs = startsAtMs + this.#serviceTimeMs;
    await delay(this.#idleAtMs - now);
  }
}
