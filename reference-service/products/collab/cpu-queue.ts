import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { httpError } from '../../http/errors.ts';

/** The data that is hashed between two checks of the CPU time. */
const HASH_BLOCK = Buffer.alloc(16 * 1024, 'collab');

/**
 * Spends the CPU time of requests one after another. The event loop runs between two requests, so that excess requests are
 * refused immediately.
 */
export class CpuQueue {
  readonly #workMs: number;
  readonly #maxWaiting: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param options `workMs` is the CPU time per request, `maxWaiting` the number of requests that may wait
   */
  constructor({ workMs, maxWaiting }: { workMs: number; maxWaiting: number }) {
    this.#workMs = workMs;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Waits for the previous requests and then spends the CPU time.
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

/** Uses CPU time. On a busy machine this takes longer than `ms` of elapsed time. */
function useCpu(ms: number): void {
  const before = process.cpuUsage();
  let usedMs = 0;
  while (usedMs < ms) {
    createHash('sha256').update(HASH_BLOCK).digest();
    const { user, system } = process.cpuUsage(before);
    usedMs = (user + system) / 1000;
  }
}
