import { numericSetting, whole } from '../../setting-kinds.ts';

export const settings = {
  workMs: numericSetting(
    'COLLAB_WORK_MS',
    whole(1, 1000),
    13,
    'CPU time that a request of the API takes, in ms',
  ),
  maxWaiting: numericSetting(
    'COLLAB_MOST_WAITING',
    whole(1, 10_000),
    12,
    'Requests of the API that may wait for their turn in a process; one more is answered with 503',
  ),
};
