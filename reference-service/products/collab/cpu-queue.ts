import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { httpError } from '../../http/errors.ts';

/** Data that `useCpu` hashes repeatedly to use CPU time. `useCpu` checks the elapsed CPU time after each hash. */
const HASH_BLOCK = Buffer.alloc(16 * 1024, 'collab');

/**
 * Makes requests use CPU time one after another. The event loop runs between two requests, so that the service can
 * refuse excess requests immediately.
 */
export class CpuQueue {
  readonly #workMs: number;
  readonly #maxWaiting: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param options `workMs` is the CPU time per request, `maxWaiting` the maximum number of waiting requests */
  constructor({ workMs, maxWaiting }: { workMs: number; maxWaiting: number }) {
    this.#workMs = workMs;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Waits for all earlier requests, and then uses the CPU time of one request.
   * @throws 503 `overloaded` if too many requests are waiting
   */
  async work(): Promise<void> {
    if (this.#waiting >= this.#maxWaiting)
      throw httpError(503, 'overloaded', `${this.#waiting} requests are already waiting`);
    this.#waiting += 1;
    const turn = this.#last.then(() => nextTurn());
    const done = turn.then(() => {
      this.#waiting -= 1;
      useCpu(this.#workMs);
    });
    this.#last = done;
    await done;
  }
}

/** Blocks the event loop until the process has used `ms` of CPU time. On a busy machine, the elapsed time is longer. */
function useCpu(ms: number): void {
  const before = process.cpuUsage();
  let usedMs = 0;
  while (usedMs < ms) {
    createHash('sha256').update(HASH_BLOCK).digest();
    const { user, system } = process.cpuUsage(before);
    usedMs = (user + system) / 1000;
  }
}
