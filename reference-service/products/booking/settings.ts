import { numericSetting, secret, textSetting, whole } from '../../setting-kinds.ts';

/**
 * Name of the job queue. The name is not defined in job.ts, because the supervisor needs the name without loading the
 * code of the job.
 */
export const QUEUE_NAME = 'booking-messages';

export const settings = {
  webhookSecret: secret(
    textSetting('WEBHOOK_SECRET', 'a secret', 'local-webhook-secret', 'Key of the HMAC-SHA256 webhook signature'),
  ),
  jobConcurrency: numericSetting('JOB_CONCURRENCY', whole(1, 500), 64, 'Maximum number of jobs in progress'),
  cacheMaxEntries: numericSetting(
    'CACHE_MAX_ENTRIES',
    whole(1, 100_000),
    1000,
    'Maximum number of entries in the cache',
  ),
};
