/** Functions that open and close connections of one kind, such as connections to Redis. */
export interface Connector<C> {
  /** Opens a connection. @param lost a function to call when the connection breaks */
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
   * Calls `work` with the open connection. @throws Error if the connection cannot be opened, the work fails, or both
   * together take longer than `timeoutMs`
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
 * Returns the result of `work`.
 * @throws Error if the work fails or takes longer than the timeout
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
