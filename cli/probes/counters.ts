/** What a counter has counted since; one that was set back in between has counted from nothing. */
export const countedSince = (before: number, after: number): number =>
  after < before ? after : after - before;

/** Hits among hits and misses; null where there were neither. */
export const hitRate = (hits: number, misses: number): number | null =>
  hits + misses > 0 ? hits / (hits + misses) : null;
