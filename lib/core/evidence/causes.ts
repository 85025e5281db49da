/**
 * What a diagnosis can name. A cause that brings others about stands before them: found together, the later ones may
 * be no more than what follows from it.
 */
export const CAUSES = [
  'generator-saturated',
  'memory-leak',
  'cpu-saturated',
  'process-crash',
  'database-unavailable',
  'database-lock',
  'connection-leak',
  'database-pool-exhausted',
  'service-overloaded',
  'records-damaged',
  'authentication-failing',
  'route-missing',
  'rate-limited',
  'circuit-breaker-open',
  'slow-dependency',
  'failing-dependency',
  'cold-start',
  'cache-thrashing',
  'load-not-delivered',
  'unknown',
] as const;

export type Cause = (typeof CAUSES)[number];
