import { Cache } from '../../cache.ts';
import { addBreakerMetrics } from '../../http/breaker.ts';
import { addCounter, addGauge, addLabeledCounter, addLabeledGauge } from '../../http/metrics.ts';
import { JobQueue } from '../../queue/job-queue.ts';
import type { StartService } from '../product.ts';
import { bookingJobHandler, CONFIRMATION_STEP } from './job.ts';
import { bookingPlugin } from './plugin.ts';
import { type BookingJob, listUnfinishedJobs, recordFinished, type Salon } from './repository.ts';
import { QUEUE_NAME, type settings } from './settings.ts';
import { bookingUpstreams } from './upstreams.ts';

const SALON_TTL_MS = 60_000;

export const start: StartService<typeof settings> = async (context) => {
  const { productSettings, database, registry, providers } = context;
  const { pool, background } = database;
  const salons = new Cache<Salon>(productSettings.cacheMaxEntries, SALON_TTL_MS);
  const upstreams = bookingUpstreams(providers);
  const queue = new JobQueue<BookingJob>({
    name: QUEUE_NAME,
    schema: database.queueSchema,
    pool: background,
    concurrency: productSettings.jobConcurrency,
    handle: bookingJobHandler(pool, upstreams),
    persist: (finished) => recordFinished(background, finished, CONFIRMATION_STEP),
  });

  addCounter(registry, 'cache_hits_total', 'Lookups that found an entry in the cache', () => salons.hits);
  addCounter(registry, 'cache_misses_total', 'Lookups that found no entry in the cache', () => salons.misses);
  addCounter(registry, 'cache_evictions_total', 'Entries evicted to make room for others', () => salons.evictions);
  addGauge(registry, 'cache_entries', 'Entries in the cache', () => salons.size);
  addBreakerMetrics(registry, upstreams);
  addLabeledGauge(registry, 'queue_jobs', 'Unfinished jobs by state', 'state', () => ({
    queued: queue.queued,
    running: queue.running,
  }));
  addLabeledCounter(
    registry,
    'queue_jobs_completed_total',
    'Jobs finished by this process, by outcome',
    'outcome',
    () => queue.completed,
  );

  return {
    plugin: (app) => bookingPlugin(app, { ...context, queue, salons }),
    faults: {
      'small-cache': {
        apply: (entries) => salons.resize(entries),
        lift: () => salons.resize(productSettings.cacheMaxEntries),
      },
    },
    startBackgroundWork: async () => queue.start(await listUnfinishedJobs(background)),
    stop: () => queue.stop(),
  };
};
