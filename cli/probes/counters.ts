/** Hits among hits and misses; null where there were neither. */
export const hitRate = (hits: number, misses: number): number | null =>
  hits + misses > 0 ? hits / (hits + misses) : null;
