import { LRUCache } from 'lru-cache';

/** An in-memory LRU cache with a maximum number of entries. Counts hits, misses and evictions. */
export class Cache<V extends object> {
  hits = 0;
  misses = 0;
  evictions = 0;
  readonly #ttlMs: number;
  #entries: LRUCache<string, V>;

  constructor(maxEntries: number, ttlMs: number) {
    this.#ttlMs = ttlMs;
    this.#entries = this.#empty(maxEntries);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Discards all entries and sets a new maximum number of entries. */
  resize(maxEntries: number): void {
    this.#entries = this.#empty(maxEntries);
  }

  #empty(max: number): LRUCache<string, V> {
    return new LRUCache({
      max,
      ttl: this.#ttlMs,
      dispose: (_value, _key, reason) => {
        if (reason === 'evict') this.evictions++;
      },
    });
  }

  /**
   * Returns the cached value for a key. If the key is not cached, loads the value, and caches it unless it is
   * undefined.
   */
  async fetch(key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    const cached = this.#entries.get(key);
    if (cached !== undefined) {
      this.hits++;
      return cached;
    }
    this.misses++;
    const loaded = await load();
    if (loaded !== undefined) this.#entries.set(key, loaded);
    return loaded;
  }
}
