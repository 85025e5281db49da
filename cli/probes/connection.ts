/** How one kind of connection is opened and ended. */
export interface Connector<C> {
  /** @param lost to be called when the connection breaks by itself */
  open(lost: () => void): Promise<C>;
  end(connection: C): Promise<void>;
}

/** One connection: opened when it is first needed, and anew after whatever broke it. */
export class Connection<C> {
  readonly #connector: Connector<C>;
  #current: Promise<C> | null = null;

  constructor(connector: Connector<C>) {
    this.#connector = connector;
  }

  /** @throws where it cannot be opened, the work fails, or both together take longer than `patienceMs` */
  async use<T>(patienceMs: number, work: (connection: C) => Promise<T>): Promise<T> {
    const current = this.#opened();
    try {
      return await withTimeout(patienceMs, current.then(work));
    } catch (error) {
      // Who cannot be asked one thing is asked the next over a connection of which nothing hangs.
      await this.#drop(current);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#current) await this.#drop(this.#current);
  }

  #opened(): Promise<C> {
    if (this.#current) return this.#current;
    const opened = this.#connector.open(() => void this.#drop(opened));
    this.#current = opened;
    return opened;
  }

  async #drop(dropped: Promise<C>): Promise<void> {
    if (this.#current !== dropped) return;
    this.#current = null;
    await withTimeout(
      END_TIMEOUT_MS,
      dropped.then((connection) => this.#connector.end(connection)),
    ).catch(() => {});
  }
}

const END_TIMEOUT_MS = 1000;

/** @throws where it takes longer */
export async function withTimeout<T>(patienceMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs / 1000} s`)), patienceMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
