import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { httpError } from '../../http/errors.ts';

/** So much is hashed between two looks at the clock. */
const BLOCK = Buffer.alloc(16 * 1024, 'collab');

/**
 * Where the CPU time of requests is spent: one after the other, as the one thread of a process has it. Between two of
 * them the event loop takes its turn, so that those for whom there is no room are refused at once.
 */
export class CpuQueue {
  readonly #workMs: number;
  readonly #maxWaiting: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param workMs CPU time of one request, in ms */
  constructor({ workMs, maxWaiting }: { workMs: number; maxWaiting: number }) {
    this.#workMs = workMs;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Waits for its turn and then spends its time.
   * @throws 503 `overloaded` where too many wait already
   */
  async work(): Promise<void> {
    if (this.#waiting >= this.#maxWaiting)
      throw httpError(503, 'overloaded', `${this.#waiting} requests wait already`);
    this.#waiting += 1;
    const turn = this.#last.then(() => nextTurn());
    const done = turn.then(() => {
      this.#waiting -= 1;
      spend(this.#workMs);
    });
    this.#last = done;
    await done;
  }
}

/** CPU time and not time: on a machine that is busy with something else, it takes as much longer. */
function spend(ms: number): void {
  const before = process.cpuUsage();
  let usedMs = 0;
  while (usedMs < ms) {
    createHash('sha256').update(BLOCK).digest();
    const { user, system } = process.cpuUsage(before);
    usedMs = (user + system) / 1000;
  }
}
