import { fault } from '../../faults/fault.ts';
import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/** 1,000 requests a minute, and in parts so small that a short run meets them too. */
/** Readings of the day, readers and their bookings, behind a limit on the requests of each client. */
export const product = defineProduct({
  name: 'tarot',
  seed,
  defaults: { DB_QUERY_HOLD_MS: '20', DB_POOL_MAX: '20', TARGET_MODE: 'fork' },
  settings,
  faults: [
    fault(
      'crash-loop',
      'requests until then',
      [1, 1e9],
      100,
      'The service process ends by an uncaught exception, and so does each that takes its place',
    ),
    fault(
      'unset-variable',
      'variables',
      [1, 1],
      1,
      'Variables that the service requires are as if they had not been set, the last ones first',
    ),
  ],
  lockableTable: 'readers',
  removableRoute: '/api/config/categories',
  service: () => import('./service.ts'),
});
