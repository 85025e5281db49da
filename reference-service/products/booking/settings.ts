import { numeric, secret, text, whole } from '../../setting-kinds.ts';

/** Here and not beside the job, so that the supervisor loads nothing that only the job needs. */
export const QUEUE_NAME = 'booking-messages';

export const settings = {
  webhookSecret: secret(
    text('WEBHOOK_SECRET', 'a secret', 'local-webhook-secret', 'Key of the HMAC-SHA256 webhook signature'),
  ),
  jobConcurrency: numeric('JOB_CONCURRENCY', whole(1, 500), 64, 'Queue jobs in progress at one time'),
  cacheMaxEntries: numeric('CACHE_MAX_ENTRIES', whole(1, 100_000), 1000, 'Entries that the cache holds'),
};
