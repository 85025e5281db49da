import { fault, shareFault } from '../../faults/fault.ts';
import { defineProduct } from '../product.ts';
import { providers } from './providers.ts';
import { seed } from './seed.ts';
import { QUEUE_NAME, settings } from './settings.ts';

/**
 * The booking product: bookings, statistics and messages of salons, and a WhatsApp webhook that creates bookings from
 * messages.
 */
export const product = defineProduct({
  name: 'booking',
  seed,
  queues: [QUEUE_NAME],
  defaults: { DB_QUERY_HOLD_MS: '116' },
  settings,
  faults: [
    fault('slow-ai', 'ms added', [1, 600_000], 3000, 'The AI provider responds more slowly', 'providers'),
    shareFault(
      'failing-ai',
      0.8,
      'The AI provider responds with 500 to a share of the requests; from 0.5 on, its circuit breaker opens',
      'providers',
    ),
    shareFault('whatsapp-429', 0.2, 'The WhatsApp provider refuses a share of the messages with 429', 'providers'),
    fault(
      'small-cache',
      'entries',
      [1, 100_000],
      5,
      'The cache of salons is emptied and limited to this number of entries',
    ),
  ],
  lockableTable: 'bookings',
  removableRoute: '/admin/ai/analytics/:id',
  providers,
  providerFaults: {
    'slow-ai': { provider: 'ai', sets: 'addedMs' },
    'failing-ai': { provider: 'ai', sets: 'failedShare' },
    'whatsapp-429': { provider: 'whatsapp', sets: 'refusedShare' },
  },
  service: () => import('./service.ts'),
});
