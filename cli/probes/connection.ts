/** Opens and ends connections of one kind. */
export interface Connector<C> {
  /** @param lost must be called when the connection breaks */
  open(lost: () => void): Promise<C>;
  end(connection: C): Promise<void>;
}

/** A connection that is opened when it is first needed, and reopened after a failure. */
export class Connection<C> {
  readonly #connector: Connector<C>;
  #current: Promise<C> | null = null;

  constructor(connector: Connector<C>) {
    this.#connector = connector;
  }

  /**
   * @throws Error if the connection cannot be opened, the work fails, or opening and work together exceed `timeoutMs`
   */
  async use<T>(timeoutMs: number, work: (connection: C) => Promise<T>): Promise<T> {
    const current = this.#open();
    try {
      return await withTimeout(timeoutMs, current.then(work));
    } catch (error) {
      // Discard the connection, so that the next call does not wait behind a request that hangs.
      await this.#drop(current);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#current) await this.#drop(this.#current);
  }

  #open(): Promise<C> {
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

/**
 * Settles like `work`.
 * @throws Error if the work takes longer than the timeout
 */
export async function withTimeout<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no response within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
