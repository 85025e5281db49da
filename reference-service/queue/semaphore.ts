/** Limits how many actions run at the same time. Further actions wait in order of arrival. */
export class Semaphore {
  readonly #limit: () => number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param limit called before each admission, so that the limit may change */
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
      // Count the action here, because it only starts in a later microtask.
      this.#running++;
      admit();
    }
  }
}
