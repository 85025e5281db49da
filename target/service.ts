import { Cache } from './cache.ts';
import { WorkPool } from './db/pool.ts';
import { QUEUE_SCHEMA, SCHEMA } from './db/schemas.ts';
import { connectionLeak, smallPool, tableLock } from './faults/database.ts';
import { bufferLeak, heapLeak } from './faults/memory.ts';
import { requestFaults } from './faults/requests.ts';
import { Switchboard } from './faults/switchboard.ts';
import { type ActiveFaults, type FaultName, faults } from './faults/table.ts';
import { createApp } from './http/app.ts';
import { counted, countedBy, createMetrics, reading, readings } from './http/metrics.ts';
import { runChild } from './process/child-main.ts';
import { listenProblem } from './process/listen.ts';
import type { ServiceConfig } from './process/messages.ts';
import { bookingJobHandler, CONFIRMATION_STEP } from './products/booking/job.ts';
import { bookingPlugin } from './products/booking/plugin.ts';
import { QUEUE_NAME } from './products/booking/queue-name.ts';
import {
  type BookingJob,
  recordFinished,
  type Salon,
  unfinishedJobs,
} from './products/booking/repository.ts';
import { bookingUpstreams } from './products/booking/upstreams.ts';
import { JobQueue } from './queue/queue.ts';

const BACKGROUND_CONNECTIONS = 4;
const SALON_TTL_MS = 60_000;

runChild<ServiceConfig>('service', async (config) => {
  const database = { url: config.databaseUrl, searchPath: SCHEMA };
  const pool = new WorkPool({
    ...database,
    applicationName: 'booking',
    max: config.poolMax,
    acquireTimeoutMs: config.acquireTimeoutMs,
    holdMs: config.queryHoldMs,
  });
  const backgroundPool = new WorkPool({
    ...database,
    applicationName: 'booking-background',
    max: BACKGROUND_CONNECTIONS,
    acquireTimeoutMs: 2000,
    holdMs: 0,
  });
  const salons = new Cache<Salon>(config.cacheMaxEntries, SALON_TTL_MS);
  const upstreams = bookingUpstreams(config);
  const queue = new JobQueue<BookingJob>({
    name: QUEUE_NAME,
    schema: QUEUE_SCHEMA,
    pool: backgroundPool,
    concurrency: config.jobConcurrency,
    handle: bookingJobHandler(pool, upstreams),
    persist: (finished) => recordFinished(backgroundPool, finished, CONFIRMATION_STEP),
  });

  const onRequests = requestFaults();
  const switchboard = new Switchboard({
    'small-pool': smallPool(pool, config.poolMax),
    'connection-leak': connectionLeak(pool),
    'database-lock': tableLock(config.databaseUrl, `${SCHEMA}.bookings`),
    'small-cache': {
      apply: (entries) => salons.resize(entries),
      lift: () => salons.resize(config.cacheMaxEntries),
    },
    'heap-leak': heapLeak(),
    'buffer-leak': bufferLeak(),
    'rate-limit': onRequests.rateLimit,
    'refused-token': onRequests.refusedToken,
    'missing-route': onRequests.missingRoute,
    'cpu-burn': onRequests.cpuBurn,
    crash: onRequests.crash,
  });
  let active: ActiveFaults = {};

  const metrics = createMetrics(config.restarts);
  const { registry } = metrics;
  reading(registry, 'db_pool_max', 'Connections that the pool may have', () => pool.max);
  readings(registry, 'db_pool_connections', 'Connections of the pool', 'state', () => ({
    active: pool.active,
    idle: pool.idle,
  }));
  reading(registry, 'db_pool_waiting', 'Units of work that wait for a connection', () => pool.waiting);
  counted(
    registry,
    'db_pool_acquire_timeouts_total',
    'Units of work that got no connection in time',
    () => pool.acquireTimeouts,
  );
  counted(registry, 'cache_hits_total', 'Lookups that the cache answered', () => salons.hits);
  counted(registry, 'cache_misses_total', 'Lookups that the cache did not answer', () => salons.misses);
  counted(registry, 'cache_evictions_total', 'Entries that made room for others', () => salons.evictions);
  reading(registry, 'cache_entries', 'Entries in the cache', () => salons.size);
  readings(
    registry,
    'circuit_breaker_state',
    'State of the breaker before an upstream: 0 closed, 1 half open, 2 open',
    'name',
    () => ({ ai: upstreams.ai.state(), whatsapp: upstreams.whatsapp.state() }),
  );
  readings(registry, 'queue_jobs', 'Jobs that are not finished', 'state', () => ({
    queued: queue.queued,
    running: queue.running,
  }));
  countedBy(
    registry,
    'queue_jobs_completed_total',
    'Jobs finished by this process',
    'outcome',
    () => queue.completed,
  );
  readings(registry, 'faults_active', '1 where a fault is active', 'name', () =>
    Object.fromEntries(faults.map(({ name }) => [name, name in active ? 1 : 0])),
  );

  const app = createApp({
    product: 'booking',
    metrics,
    checkHealth: async () => {
      await backgroundPool.query('SELECT 1');
    },
    onRequest: onRequests.onRequest,
  });
  await app.register(bookingPlugin, {
    pool,
    backgroundPool,
    queue,
    salons,
    adminToken: config.adminToken,
    webhookSecret: config.webhookSecret,
  });

  await Promise.all([pool.warm(), backgroundPool.warm()]);
  await queue.start(await unfinishedJobs(backgroundPool));
  const url = await app.listen({ port: config.port, host: '127.0.0.1' }).catch((error) => {
    throw listenProblem(error, config.port, 'PORT');
  });

  return {
    ports: { http: Number(new URL(url).port) },
    followFaults: async (wanted: Partial<Record<FaultName, number>>) => {
      active = wanted;
      await switchboard.follow(wanted);
    },
    stop: async () => {
      await app.close();
      await queue.stop();
      await Promise.all([pool.end(), backgroundPool.end()]);
    },
  };
});
