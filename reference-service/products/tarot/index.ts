import { fault } from '../../faults/fault.ts';
import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/**
 * The tarot product: daily readings, readers, and bookings of readers. Each client has a limited number of requests.
 */
export const product = defineProduct({
  name: 'tarot',
  seed,
  defaults: { DB_QUERY_HOLD_MS: '20', DB_POOL_MAX: '20', TARGET_MODE: 'fork' },
  settings,
  faults: [
    fault(
      'crash-loop',
      'requests until the crash',
      [1, 1e9],
      100,
      'The service crashes with an uncaught exception, and crashes again after every restart',
    ),
    fault(
      'unset-variable',
      'variables',
      [1, 1],
      1,
      'The service behaves as if the last required environment variable were not set',
    ),
  ],
  lockableTable: 'readers',
  removableRoute: '/api/config/categories',
  service: () => import('./service.ts'),
});
