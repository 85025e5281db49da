import { LRUCache } from 'lru-cache';

/** A bounded in-memory cache that counts what it does. */
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

  /** Begins anew, with room for so many entries. */
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

  /** The cached value of a key, or the loaded one. Absent values (undefined) are not kept. */
  async fetch(key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.hits++;
      return known;
    }
    this.misses++;
    const loaded = await load();
    if (loaded !== undefined) this.#entries.set(key, loaded);
    return loaded;
  }
}
