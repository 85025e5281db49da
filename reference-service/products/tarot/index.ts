import { fault } from '../../faults/fault.ts';
import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/** Daily readings, readers and their bookings, with a limit on the requests of each client. */
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
      'The service process crashes with an uncaught exception, and so does each process that replaces it',
    ),
    fault('unset-variable', 'variables', [1, 1], 1, 'The last required variables of the service count as not set'),
  ],
  lockableTable: 'readers',
  removableRoute: '/api/config/categories',
  service: () => import('./service.ts'),
});
