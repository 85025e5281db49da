import { numeric, whole } from '../../settings.ts';
import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';

export const settings = {
  workMs: numeric('COLLAB_WORK_MS', whole(1, 1000), 13, 'CPU time that a request of the API takes, in ms'),
  mostWaiting: numeric(
    'COLLAB_MOST_WAITING',
    whole(1, 10_000),
    12,
    'Requests of the API that may wait for their turn in a process; one more is answered with 503',
  ),
};

/** Campaigns of brands, and creators who are matched with them: each answer is worked out, by one thread a process. */
export const product = defineProduct({
  name: 'collab',
  seed,
  defaults: { DB_POOL_MAX: '20' },
  settings,
  lockedTable: 'campaigns',
  losableRoute: '/api/campaigns/:id',
  service: () => import('./service.ts'),
});
