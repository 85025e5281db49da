import { numericSetting, whole } from '../../setting-kinds.ts';

export const settings = {
  workMs: numericSetting('COLLAB_WORK_MS', whole(1, 1000), 13, 'CPU time of an API request, in ms'),
  maxWaiting: numericSetting(
    'COLLAB_MOST_WAITING',
    whole(1, 10_000),
    12,
    'Maximum number of waiting API requests per process; further requests get a 503',
  ),
};
