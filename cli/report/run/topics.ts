import {
  PM2_COLUMNS,
  POSTGRESQL_COLUMNS,
  PROCESS_COLUMNS,
  type ProbeName,
  REDIS_COLUMNS,
  TARGET_COLUMNS,
} from '../../../lib/core/resources.ts';
import type { Samples } from '../../../lib/core/result.ts';
import type { ChartUnit } from '../document.ts';
import { average, type Figure, increase, most, perSecond, shareOfGrowth } from './figures-of-samples.ts';

/** What belongs together of the samples of a probe: a table, and a chart for each unit in it. */
export interface Topic {
  id: string;
  title: string;
  figures: { name: string; unit: ChartUnit; of: Figure }[];
}

const inMs =
  (seconds: Figure): Figure =>
  (samples, indexes) => {
    const value = seconds(samples, indexes);
    return value === null ? null : value * 1000;
  };

const TARGET: Topic[] = [
  {
    id: 'process',
    title: 'Memory and CPU, on average',
    figures: [
      { name: 'resident memory', unit: 'bytes', of: average(TARGET_COLUMNS.residentBytes) },
      { name: 'heap', unit: 'bytes', of: average(TARGET_COLUMNS.heapUsedBytes) },
      { name: 'external memory', unit: 'bytes', of: average(TARGET_COLUMNS.externalBytes) },
      { name: 'CPU, of a core', unit: 'fraction', of: perSecond(TARGET_COLUMNS.cpuSeconds) },
      { name: 'event loop lag p99', unit: 'ms', of: inMs(average(TARGET_COLUMNS.eventLoopLagP99Seconds)) },
    ],
  },
  {
    id: 'connections',
    title: 'Connections to the database, the most of each',
    figures: [
      { name: 'active', unit: 'count', of: most(TARGET_COLUMNS.connectionsActive) },
      { name: 'idle', unit: 'count', of: most(TARGET_COLUMNS.connectionsIdle) },
      { name: 'waiting', unit: 'count', of: most(TARGET_COLUMNS.connectionsWaiting) },
      { name: 'limit', unit: 'count', of: most(TARGET_COLUMNS.connectionsMax) },
      { name: 'timeouts', unit: 'count', of: increase(TARGET_COLUMNS.connectionTimeouts) },
    ],
  },
  {
    id: 'cache',
    title: 'Cache of the service',
    figures: [
      {
        name: 'hit rate',
        unit: 'fraction',
        of: shareOfGrowth(TARGET_COLUMNS.cacheHits, TARGET_COLUMNS.cacheMisses),
      },
      { name: 'hits', unit: 'count', of: increase(TARGET_COLUMNS.cacheHits) },
      { name: 'misses', unit: 'count', of: increase(TARGET_COLUMNS.cacheMisses) },
      { name: 'evictions', unit: 'count', of: increase(TARGET_COLUMNS.cacheEvictions) },
    ],
  },
  {
    id: 'work',
    title: 'Requests, jobs and restarts',
    figures: [
      { name: 'requests', unit: 'perSecond', of: perSecond(TARGET_COLUMNS.requests) },
      { name: 'jobs queued, most', unit: 'count', of: most(TARGET_COLUMNS.jobsQueued) },
      { name: 'jobs running, most', unit: 'count', of: most(TARGET_COLUMNS.jobsRunning) },
      { name: 'restarts', unit: 'count', of: increase(TARGET_COLUMNS.restarts) },
      { name: 'transactions retried', unit: 'count', of: increase(TARGET_COLUMNS.transactionRetries) },
      { name: 'deadlocks', unit: 'count', of: increase(TARGET_COLUMNS.deadlocks) },
      {
        name: 'circuit breaker (0 closed, 1 half open, 2 open)',
        unit: 'count',
        of: most(TARGET_COLUMNS.circuitBreakerState),
      },
    ],
  },
];

const POSTGRESQL: Topic[] = [
  {
    id: 'connections',
    title: 'Sessions, the most of each',
    figures: [
      { name: 'all', unit: 'count', of: most(POSTGRESQL_COLUMNS.connections) },
      { name: 'active', unit: 'count', of: most(POSTGRESQL_COLUMNS.active) },
      { name: 'idle', unit: 'count', of: most(POSTGRESQL_COLUMNS.idle) },
      { name: 'idle in transaction', unit: 'count', of: most(POSTGRESQL_COLUMNS.idleInTransaction) },
      { name: 'waiting for a lock', unit: 'count', of: most(POSTGRESQL_COLUMNS.waitingForLock) },
      { name: 'limit', unit: 'count', of: most(POSTGRESQL_COLUMNS.maxConnections) },
    ],
  },
  {
    id: 'work',
    title: 'Transactions and cache',
    figures: [
      { name: 'commits', unit: 'perSecond', of: perSecond(POSTGRESQL_COLUMNS.commits) },
      { name: 'rollbacks', unit: 'count', of: increase(POSTGRESQL_COLUMNS.rollbacks) },
      { name: 'deadlocks', unit: 'count', of: increase(POSTGRESQL_COLUMNS.deadlocks) },
      {
        name: 'cache hit rate',
        unit: 'fraction',
        of: shareOfGrowth(POSTGRESQL_COLUMNS.blocksHit, POSTGRESQL_COLUMNS.blocksRead),
      },
    ],
  },
];

const REDIS: Topic[] = [
  {
    id: 'memory',
    title: 'Memory and clients',
    figures: [
      { name: 'used memory', unit: 'bytes', of: average(REDIS_COLUMNS.usedBytes) },
      { name: 'limit', unit: 'bytes', of: most(REDIS_COLUMNS.maxBytes) },
      { name: 'clients, most', unit: 'count', of: most(REDIS_COLUMNS.clients) },
      { name: 'connections refused', unit: 'count', of: increase(REDIS_COLUMNS.rejectedConnections) },
    ],
  },
  {
    id: 'cache',
    title: 'Cache',
    figures: [
      { name: 'hit rate', unit: 'fraction', of: shareOfGrowth(REDIS_COLUMNS.hits, REDIS_COLUMNS.misses) },
      { name: 'hits', unit: 'count', of: increase(REDIS_COLUMNS.hits) },
      { name: 'misses', unit: 'count', of: increase(REDIS_COLUMNS.misses) },
      { name: 'evictions', unit: 'count', of: increase(REDIS_COLUMNS.evictions) },
      { name: 'keys, most', unit: 'count', of: most(REDIS_COLUMNS.keys) },
    ],
  },
];

const PM2: Topic[] = [
  {
    id: 'processes',
    title: 'Processes',
    figures: [
      { name: 'processes', unit: 'count', of: most(PM2_COLUMNS.processes) },
      { name: 'online', unit: 'count', of: most(PM2_COLUMNS.online) },
      { name: 'restarts', unit: 'count', of: increase(PM2_COLUMNS.restarts) },
      { name: 'CPU, of a core', unit: 'fraction', of: average(PM2_COLUMNS.cpuShare) },
      { name: 'resident memory', unit: 'bytes', of: average(PM2_COLUMNS.residentBytes) },
    ],
  },
];

/** Also of the load generator. */
export const PROCESS: Topic[] = [
  {
    id: 'process',
    title: 'Memory and CPU, on average',
    figures: [
      { name: 'CPU, of all cores', unit: 'fraction', of: average(PROCESS_COLUMNS.cpuShare) },
      { name: 'resident memory', unit: 'bytes', of: average(PROCESS_COLUMNS.residentBytes) },
    ],
  },
];

const TOPICS: Record<ProbeName, { title: string; topics: Topic[] }> = {
  target: { title: 'Target', topics: TARGET },
  postgresql: { title: 'PostgreSQL', topics: POSTGRESQL },
  redis: { title: 'Redis', topics: REDIS },
  pm2: { title: 'PM2', topics: PM2 },
  process: { title: 'Process of the target', topics: PROCESS },
};

/** What a probe is called, and what there is to show of it. */
export function topicsOf(probe: ProbeName, samples: Samples): { title: string; topics: Topic[] } {
  const { title, topics } = TOPICS[probe];
  return { title, topics: probe === 'pm2' ? [...topics, ...processesOf(samples)] : topics };
}

export const probeTitle = (probe: ProbeName): string => TOPICS[probe].title;

/** Each process that PM2 looks after has columns of its own, named after it. */
function processesOf({ columns }: Samples): Topic[] {
  const figuresOf = (suffix: string, unit: ChartUnit): Topic['figures'] =>
    Object.keys(columns)
      .filter((name) => name.endsWith(`.${suffix}`))
      .map((name) => ({ name: name.slice(0, -suffix.length - 1), unit, of: average(name) }));
  return [
    {
      id: 'cpu',
      title: 'CPU of each process, of a core',
      figures: figuresOf(PM2_COLUMNS.cpuShare, 'fraction'),
    },
    {
      id: 'memory',
      title: 'Resident memory of each process',
      figures: figuresOf(PM2_COLUMNS.residentBytes, 'bytes'),
    },
  ];
}
