/** Probes and the columns of their samples, shared by the code that writes samples and the code that reads them. */
export const PROBES = ['target', 'postgresql', 'redis', 'pm2', 'process'] as const;
export type ProbeName = (typeof PROBES)[number];

/** From the target's Prometheus endpoint. Values are sums over all instances unless noted otherwise. */
export const TARGET_COLUMNS = {
  residentBytes: 'residentBytes',
  heapUsedBytes: 'heapUsedBytes',
  externalBytes: 'externalBytes',
  /** Counter. */
  cpuSeconds: 'cpuSeconds',
  /** Highest value of all instances. */
  eventLoopLagP99Seconds: 'eventLoopLagP99Seconds',
  connectionsMax: 'connectionsMax',
  connectionsActive: 'connectionsActive',
  connectionsIdle: 'connectionsIdle',
  connectionsWaiting: 'connectionsWaiting',
  /** Counter. */
  connectionTimeouts: 'connectionTimeouts',
  /** Counters. */
  cacheHits: 'cacheHits',
  cacheMisses: 'cacheMisses',
  cacheEvictions: 'cacheEvictions',
  jobsQueued: 'jobsQueued',
  jobsRunning: 'jobsRunning',
  /** Counter. */
  restarts: 'restarts',
  /** Counter. */
  requests: 'requests',
  /** State of the worst breaker: 0 closed, 1 half open, 2 open. */
  circuitBreakerState: 'circuitBreakerState',
  /** Counters. */
  transactionRetries: 'transactionRetries',
  deadlocks: 'deadlocks',
} as const;

/** From pg_stat_activity and pg_stat_database. */
export const POSTGRESQL_COLUMNS = {
  connections: 'connections',
  active: 'active',
  idle: 'idle',
  idleInTransaction: 'idleInTransaction',
  /** Sessions waiting for a lock. */
  waitingForLock: 'waitingForLock',
  maxConnections: 'maxConnections',
  /** Counters. */
  commits: 'commits',
  rollbacks: 'rollbacks',
  deadlocks: 'deadlocks',
  blocksHit: 'blocksHit',
  blocksRead: 'blocksRead',
} as const;

/** From INFO. */
export const REDIS_COLUMNS = {
  clients: 'clients',
  usedBytes: 'usedBytes',
  /** Null without a limit. */
  maxBytes: 'maxBytes',
  keys: 'keys',
  /** Counters. */
  hits: 'hits',
  misses: 'misses',
  evictions: 'evictions',
  rejectedConnections: 'rejectedConnections',
} as const;

/** From `pm2 jlist`. In addition, each process has `<name>-<id>.cpuShare` and `<name>-<id>.residentBytes`. */
export const PM2_COLUMNS = {
  processes: 'processes',
  online: 'online',
  /** Counter, summed over all processes. */
  restarts: 'restarts',
  /** Share of one core. */
  cpuShare: 'cpuShare',
  residentBytes: 'residentBytes',
} as const;

/**
 * Columns that count restarts, by probe: the target's metrics (only if a supervisor reports restarts there) and PM2.
 */
export const RESTART_COUNTERS: readonly [probe: ProbeName, column: string][] = [
  ['target', TARGET_COLUMNS.restarts],
  ['pm2', PM2_COLUMNS.restarts],
];

/** From /proc. Covers the load generator, and the target's process if the user gave its process ID or PID file. */
export const PROCESS_COLUMNS = {
  /** Share of all cores. */
  cpuShare: 'cpuShare',
  residentBytes: 'residentBytes',
} as const;
