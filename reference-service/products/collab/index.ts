import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/** Campaigns of brands, and creators for them. Each API request needs CPU time, which each process spends in one thread. */
export const product = defineProduct({
  name: 'collab',
  seed,
  defaults: { DB_POOL_MAX: '20' },
  settings,
  lockableTable: 'campaigns',
  removableRoute: '/api/campaigns/:id',
  service: () => import('./service.ts'),
});
