/** Probes and the columns of their samples: written once for those who fill them and those who read them. */
export const PROBES = ['target', 'postgresql', 'redis', 'pm2', 'process'] as const;
export type ProbeName = (typeof PROBES)[number];

/** From the target's Prometheus endpoint. Sums over all instances, except where it says otherwise. */
export const TARGET_COLUMNS = {
  residentBytes: 'residentBytes',
  heapUsedBytes: 'heapUsedBytes',
  externalBytes: 'externalBytes',
  /** Counter. */
  cpuSeconds: 'cpuSeconds',
  /** Of the worst instance. */
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
  /** 0 closed, 1 half open, 2 open; of the worst breaker. */
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
  /** Sessions that wait for a lock. */
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
  /** Null where there is no limit. */
  maxBytes: 'maxBytes',
  keys: 'keys',
  /** Counters. */
  hits: 'hits',
  misses: 'misses',
  evictions: 'evictions',
  rejectedConnections: 'rejectedConnections',
} as const;

/** From `pm2 jlist`; beside these, each process has `<name>-<id>.cpuShare` and `<name>-<id>.residentBytes`. */
export const PM2_COLUMNS = {
  processes: 'processes',
  online: 'online',
  /** Counter, over all processes. */
  restarts: 'restarts',
  /** Of one core. */
  cpuShare: 'cpuShare',
  residentBytes: 'residentBytes',
} as const;

/** Who counts restarts: a supervisor that tells the target's metrics, or PM2. */
export const RESTART_COUNTERS: readonly [probe: ProbeName, column: string][] = [
  ['target', TARGET_COLUMNS.restarts],
  ['pm2', PM2_COLUMNS.restarts],
];

/** From /proc: of the load generator, and of a process of the target that was named. */
export const PROCESS_COLUMNS = {
  /** Of all cores. */
  cpuShare: 'cpuShare',
  residentBytes: 'residentBytes',
} as const;
