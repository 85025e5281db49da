/** What a diagnosis can name, in the order in which several of the same confidence are told. */
export const CAUSES = [
  'generator-saturated',
  'load-not-delivered',
  'process-crash',
  'authentication-failing',
  'route-missing',
  'database-unavailable',
  'database-pool-exhausted',
  'connection-leak',
  'memory-leak',
  'cpu-saturated',
  'rate-limited',
  'circuit-breaker-open',
  'slow-dependency',
  'failing-dependency',
  'database-lock',
  'cache-thrashing',
  'cold-start',
  'unknown',
] as const;

export type Cause = (typeof CAUSES)[number];
