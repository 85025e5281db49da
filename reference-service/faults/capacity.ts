import { setTimeout as delay } from 'node:timers/promises';
import { httpError } from '../http/errors.ts';
import type { FaultSwitch } from './switchboard.ts';

/** The maximum waiting time in ms. Requests that would have to wait longer are refused. */
const MAX_WAIT_MS = 1000;

/** Serves requests one after another at a fixed rate. Other requests wait in a queue. */
export class ServiceCapacity implements FaultSwitch {
  #serviceTimeMs: number | undefined;
  /** Time at which the last queued request will have been served. */
  #idleAtMs = 0;

  apply(perSecond: number): void {
    this.#serviceTimeMs = 1000 / perSecond;
  }

  lift(): void {
    this.#serviceTimeMs = undefined;
  }

  /**
   * Resolves once the request has been served.
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
