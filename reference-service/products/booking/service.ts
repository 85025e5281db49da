import { Cache } from '../../cache.ts';
import { observeBreakers } from '../../http/breaker.ts';
import { counted, countedBy, reading, readings } from '../../http/metrics.ts';
import { JobQueue } from '../../queue/queue.ts';
import type { Start } from '../product.ts';
import { bookingJobHandler, CONFIRMATION_STEP } from './job.ts';
import { bookingPlugin } from './plugin.ts';
import { type BookingJob, recordFinished, type Salon, unfinishedJobs } from './repository.ts';
import { QUEUE_NAME, type settings } from './settings.ts';
import { bookingUpstreams } from './upstreams.ts';

const SALON_TTL_MS = 60_000;

export const start: Start<typeof settings> = async (kit) => {
  const { own, database, registry, providers } = kit;
  const { pool, background } = database;
  const salons = new Cache<Salon>(own.cacheMaxEntries, SALON_TTL_MS);
  const upstreams = bookingUpstreams(providers);
  const queue = new JobQueue<BookingJob>({
    name: QUEUE_NAME,
    schema: database.queueSchema,
    pool: background,
    concurrency: own.jobConcurrency,
    handle: bookingJobHandler(pool, upstreams),
    persist: (finished) => recordFinished(background, finished, CONFIRMATION_STEP),
  });

  counted(registry, 'cache_hits_total', 'Lookups that the cache answered', () => salons.hits);
  counted(registry, 'cache_misses_total', 'Lookups that the cache did not answer', () => salons.misses);
  counted(registry, 'cache_evictions_total', 'Entries that made room for others', () => salons.evictions);
  reading(registry, 'cache_entries', 'Entries in the cache', () => salons.size);
  observeBreakers(registry, upstreams);
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

  return {
    plugin: (app) => bookingPlugin(app, { ...kit, queue, salons }),
    faults: {
      'small-cache': {
        apply: (entries) => salons.resize(entries),
        lift: () => salons.resize(own.cacheMaxEntries),
      },
    },
    begin: async () => queue.start(await unfinishedJobs(background)),
    stop: () => queue.stop(),
  };
};
