import { numericSetting, textSetting, whole } from '../../setting-kinds.ts';

export const settings = {
  rateLimit: numericSetting(
    'TAROT_RATE_LIMIT',
    whole(1, 100_000),
    20,
    'Requests that a client may send within the time of the limit; beyond them it answers 429',
  ),
  rateWindowMs: numericSetting(
    'TAROT_RATE_WINDOW_MS',
    whole(100, 3_600_000),
    1200,
    'Time of the limit, in ms',
  ),
  signingKey: textSetting(
    'TAROT_SIGNING_KEY',
    'a key',
    'local-signing-key',
    'Key that the confirmation of a booking is signed with',
  ),
};
