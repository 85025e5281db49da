import { numericSetting, whole } from '../../setting-kinds.ts';

export const settings = {
  rateLimit: numericSetting(
    'INSURANCE_RATE_LIMIT',
    whole(1, 100_000),
    5,
    'Requests of one kind that are taken for an agent within the time of the limit; beyond them it answers 429',
  ),
  rateWindowMs: numericSetting(
    'INSURANCE_RATE_WINDOW_MS',
    whole(100, 3_600_000),
    60_000,
    'Time of the limit, in ms',
  ),
};
