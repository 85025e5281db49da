/** Lets a bounded number of actions run at once; the others wait in order of arrival. */
export class Semaphore {
  readonly #limit: () => number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param limit asked whenever a place may be free, so that it may vary. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  async run<T>(action: () => Promise<T>): Promise<T> {
    await new Promise<void>((go) => {
      this.#waiting.push(go);
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
      const go = this.#waiting.shift();
      if (!go) return;
      // Counted here and not by the one admitted, who only runs later.
      this.#running++;
      go();
    }
  }
}
