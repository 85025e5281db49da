import { numericSetting, textSetting, whole } from '../../setting-kinds.ts';

/**
 * Settings of the tarot product. By default, the rate limit is equivalent to 1,000 requests per minute. The time window
 * of the limit is short, so that short test runs can reach the limit.
 */
export const settings = {
  rateLimit: numericSetting(
    'TAROT_RATE_LIMIT',
    whole(1, 100_000),
    20,
    'Requests that a client may send per time window of the limit; further requests get a 429',
  ),
  rateWindowMs: numericSetting('TAROT_RATE_WINDOW_MS', whole(100, 3_600_000), 1200, 'Time window of the limit, in ms'),
  signingKey: textSetting(
    'TAROT_SIGNING_KEY',
    'a key',
    'local-signing-key',
    'Key that signs the confirmation of a booking',
  ),
};
