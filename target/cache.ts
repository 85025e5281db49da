import { LRUCache } from 'lru-cache';

/** A bounded in-memory cache that counts what it does. */
export class Cache<V extends object> {
  hits = 0;
  misses = 0;
  evictions = 0;
  readonly #entries: LRUCache<string, V>;

  constructor(maxEntries: number, ttlMs: number) {
    this.#entries = new LRUCache({
      max: maxEntries,
      ttl: ttlMs,
      dispose: (_value, _key, reason) => {
        if (reason === 'evict') this.evictions++;
      },
    });
  }

  get size(): number {
    return this.#entries.size;
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
