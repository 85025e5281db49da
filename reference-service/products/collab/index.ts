import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/** Campaigns of brands, and creators who are matched with them: each answer is worked out, by one thread a process. */
export const product = defineProduct({
  name: 'collab',
  seed,
  defaults: { DB_POOL_MAX: '20' },
  settings,
  lockableTable: 'campaigns',
  removableRoute: '/api/campaigns/:id',
  service: () => import('./service.ts'),
});
