/**
 * The causes that a diagnosis can name. A cause that can lead to other causes comes before them. If both are diagnosed,
 * the later cause may only be a consequence of the earlier cause.
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
