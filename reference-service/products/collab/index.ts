import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/**
 * The collab product: campaigns of brands, and creators who apply for campaigns. Each API request needs CPU time, so a
 * process can handle only one request at a time.
 */
export const product = defineProduct({
  name: 'collab',
  seed,
  defaults: { DB_POOL_MAX: '20' },
  settings,
  lockableTable: 'campaigns',
  removableRoute: '/api/campaigns/:id',
  service: () => import('./service.ts'),
});
