import { numericSetting, secret, textSetting, whole } from '../../setting-kinds.ts';

/** Here and not beside the job, so that the supervisor loads nothing that only the job needs. */
export const QUEUE_NAME = 'booking-messages';

export const settings = {
  webhookSecret: secret(
    textSetting(
      'WEBHOOK_SECRET',
      'a secret',
      'local-webhook-secret',
      'Key of the HMAC-SHA256 webhook signature',
    ),
  ),
  jobConcurrency: numericSetting('JOB_CONCURRENCY', whole(1, 500), 64, 'Queue jobs in progress at one time'),
  cacheMaxEntries: numericSetting(
    'CACHE_MAX_ENTRIES',
    whole(1, 100_000),
    1000,
    'Entries that the cache holds',
  ),
};
