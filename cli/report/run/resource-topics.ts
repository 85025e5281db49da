import {
  PM2_COLUMNS,
  POSTGRESQL_COLUMNS,
  PROCESS_COLUMNS,
  type ProbeName,
  REDIS_COLUMNS,
  type Samples,
  TARGET_COLUMNS,
} from '../../../lib/core/evidence/index.ts';
import type { FigureUnit } from '../../../lib/core/numbers/index.ts';
import { average, increase, maximum, perSecond, type SampleFigure, shareOfIncrease } from './sample-figures.ts';

/** Related values of a probe. A report shows a topic as one table, and as one chart per unit. */
export interface ResourceTopic {
  id: string;
  title: string;
  figures: { name: string; unit: FigureUnit; compute: SampleFigure }[];
}

const topic = (
  id: string,
  title: string,
  rows: [name: string, unit: FigureUnit, compute: SampleFigure][],
): ResourceTopic => ({
  id,
  title,
  figures: rows.map(([name, unit, compute]) => ({ name, unit, compute })),
});

const inMs =
  (seconds: SampleFigure): SampleFigure =>
  (samples, indexes) => {
    const value = seconds(samples, indexes);
    return value === null ? null : value * 1000;
  };

const TARGET: ResourceTopic[] = [
  topic('process', 'Memory and CPU (mean)', [
    ['resident memory', 'bytes', average(TARGET_COLUMNS.residentBytes)],
    ['heap', 'bytes', average(TARGET_COLUMNS.heapUsedBytes)],
    ['external memory', 'bytes', average(TARGET_COLUMNS.externalBytes)],
    ['CPU (share of one core)', 'fraction', perSecond(TARGET_COLUMNS.cpuSeconds)],
    ['event loop lag p99', 'ms', inMs(average(TARGET_COLUMNS.eventLoopLagP99Seconds))],
  ]),
  topic('connections', 'Connections to the database (max)', [
    ['active', 'count', maximum(TARGET_COLUMNS.connectionsActive)],
    ['idle', 'count', maximum(TARGET_COLUMNS.connectionsIdle)],
    ['waiting', 'count', maximum(TARGET_COLUMNS.connectionsWaiting)],
    ['limit', 'count', maximum(TARGET_COLUMNS.connectionsMax)],
    ['timeouts', 'count', increase(TARGET_COLUMNS.connectionTimeouts)],
  ]),
  topic('cache', 'Cache of the service', [
    ['hit rate', 'fraction', shareOfIncrease(TARGET_COLUMNS.cacheHits, TARGET_COLUMNS.cacheMisses)],
    ['hits', 'count', increase(TARGET_COLUMNS.cacheHits)],
    ['misses', 'count', increase(TARGET_COLUMNS.cacheMisses)],
    ['evictions', 'count', increase(TARGET_COLUMNS.cacheEvictions)],
  ]),
  topic('work', 'Requests, jobs and restarts', [
    ['requests', 'perSecond', perSecond(TARGET_COLUMNS.requests)],
    ['jobs queued (max)', 'count', maximum(TARGET_COLUMNS.jobsQueued)],
    ['jobs running (max)', 'count', maximum(TARGET_COLUMNS.jobsRunning)],
    ['restarts', 'count', increase(TARGET_COLUMNS.restarts)],
    ['transactions retried', 'count', increase(TARGET_COLUMNS.transactionRetries)],
    ['deadlocks', 'count', increase(TARGET_COLUMNS.deadlocks)],
    ['circuit breaker (0 closed, 1 half open, 2 open)', 'count', maximum(TARGET_COLUMNS.circuitBreakerState)],
  ]),
];

const POSTGRESQL: ResourceTopic[] = [
  topic('connections', 'Sessions (max)', [
    ['all', 'count', maximum(POSTGRESQL_COLUMNS.connections)],
    ['active', 'count', maximum(POSTGRESQL_COLUMNS.active)],
    ['idle', 'count', maximum(POSTGRESQL_COLUMNS.idle)],
    ['idle in transaction', 'count', maximum(POSTGRESQL_COLUMNS.idleInTransaction)],
    ['waiting for a lock', 'count', maximum(POSTGRESQL_COLUMNS.waitingForLock)],
    ['limit', 'count', maximum(POSTGRESQL_COLUMNS.maxConnections)],
  ]),
  topic('work', 'Transactions and cache', [
    ['commits', 'perSecond', perSecond(POSTGRESQL_COLUMNS.commits)],
    ['rollbacks', 'count', increase(POSTGRESQL_COLUMNS.rollbacks)],
    ['deadlocks', 'count', increase(POSTGRESQL_COLUMNS.deadlocks)],
    ['cache hit rate', 'fraction', shareOfIncrease(POSTGRESQL_COLUMNS.blocksHit, POSTGRESQL_COLUMNS.blocksRead)],
  ]),
];

const REDIS: ResourceTopic[] = [
  topic('memory', 'Memory and clients', [
    ['used memory', 'bytes', average(REDIS_COLUMNS.usedBytes)],
    ['limit', 'bytes', maximum(REDIS_COLUMNS.maxBytes)],
    ['clients (max)', 'count', maximum(REDIS_COLUMNS.clients)],
    ['connections refused', 'count', increase(REDIS_COLUMNS.rejectedConnections)],
  ]),
  topic('cache', 'Cache', [
    ['hit rate', 'fraction', shareOfIncrease(REDIS_COLUMNS.hits, REDIS_COLUMNS.misses)],
    ['hits', 'count', increase(REDIS_COLUMNS.hits)],
    ['misses', 'count', increase(REDIS_COLUMNS.misses)],
    ['evictions', 'count', increase(REDIS_COLUMNS.evictions)],
    ['keys (max)', 'count', maximum(REDIS_COLUMNS.keys)],
  ]),
];

const PM2: ResourceTopic[] = [
  topic('processes', 'Processes', [
    ['processes', 'count', maximum(PM2_COLUMNS.processes)],
    ['online', 'count', maximum(PM2_COLUMNS.online)],
    ['restarts', 'count', increase(PM2_COLUMNS.restarts)],
    ['CPU (share of one core)', 'fraction', average(PM2_COLUMNS.cpuShare)],
    ['resident memory', 'bytes', average(PM2_COLUMNS.residentBytes)],
  ]),
];

/** The load generator uses the same topics. */
export const PROCESS_TOPICS: ResourceTopic[] = [
  topic('process', 'Memory and CPU (mean)', [
    ['CPU (share of all cores)', 'fraction', average(PROCESS_COLUMNS.cpuShare)],
    ['resident memory', 'bytes', average(PROCESS_COLUMNS.residentBytes)],
  ]),
];

const TOPICS: Record<ProbeName, { title: string; topics: ResourceTopic[] }> = {
  target: { title: 'Target', topics: TARGET },
  postgresql: { title: 'PostgreSQL', topics: POSTGRESQL },
  redis: { title: 'Redis', topics: REDIS },
  pm2: { title: 'PM2', topics: PM2 },
  process: { title: 'Target process', topics: PROCESS_TOPICS },
};

/** Returns the title of a probe and its topics. */
export function topicsOf(probe: ProbeName, samples: Samples): { title: string; topics: ResourceTopic[] } {
  const { title, topics } = TOPICS[probe];
  return { title, topics: probe === 'pm2' ? [...topics, ...processesOf(samples)] : topics };
}

export const probeTitle = (probe: ProbeName): string => TOPICS[probe].title;

/** Returns the topics for the processes that PM2 manages. Each process has its own columns, such as `api.cpuShare`. */
function processesOf({ columns }: Samples): ResourceTopic[] {
  const figuresOf = (suffix: string, unit: FigureUnit): ResourceTopic['figures'] =>
    Object.keys(columns)
      .filter((name) => name.endsWith(`.${suffix}`))
      .map((name) => ({ name: name.slice(0, -suffix.length - 1), unit, compute: average(name) }));
  return [
    {
      id: 'cpu',
      title: 'CPU of each process (share of one core)',
      figures: figuresOf(PM2_COLUMNS.cpuShare, 'fraction'),
    },
    {
      id: 'memory',
      title: 'Resident memory of each process',
      figures: figuresOf(PM2_COLUMNS.residentBytes, 'bytes'),
    },
  ];
}
