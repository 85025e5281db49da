/** Limits how many actions run at the same time. Other actions wait, and start in order of arrival. */
export class Semaphore {
  readonly #limit: () => number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /**
   * @param limit returns the maximum number of running actions. Called before each action, so that the limit can
   *   change.
   */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  async run<T>(action: () => Promise<T>): Promise<T> {
    await new Promise<void>((admit) => {
      this.#waiting.push(admit);
      this.#admit();
    });
    try {
      return await action();
    } finally {
      this.#running--;
      this.#admit();
    }
  }

  #admit(): void {
    while (this.#running < this.#limit()) {
      const admit = this.#waiting.shift();
      if (!admit) return;
      // Count the action as running now, although the action starts in a later microtask. Otherwise, too many actions
      // could start.
      this.#running++;
      admit();
    }
  }
}
