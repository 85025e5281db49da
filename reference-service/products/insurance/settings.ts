import { numericSetting, whole } from '../../setting-kinds.ts';

export const settings = {
  rateLimit: numericSetting(
    'INSURANCE_RATE_LIMIT',
    whole(1, 100_000),
    5,
    'Requests of one kind that an agent may send per time window of the limit; further requests get a 429',
  ),
  rateWindowMs: numericSetting(
    'INSURANCE_RATE_WINDOW_MS',
    whole(100, 3_600_000),
    60_000,
    'Time window of the limit, in ms',
  ),
};
