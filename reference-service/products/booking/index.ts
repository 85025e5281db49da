import { fault, shareFault } from '../../faults/fault.ts';
import { defineProduct } from '../product.ts';
import { providers } from './providers.ts';
import { seed } from './seed.ts';
import { QUEUE_NAME, settings } from './settings.ts';

/** Salons' bookings, statistics and messages, and the WhatsApp webhook from which bookings are made. */
export const product = defineProduct({
  name: 'booking',
  seed,
  queues: [QUEUE_NAME],
  defaults: { DB_QUERY_HOLD_MS: '116' },
  settings,
  faults: [
    fault('slow-ai', 'ms added', [1, 600_000], 3000, 'The AI provider answers later', 'providers'),
    shareFault(
      'failing-ai',
      0.8,
      'The AI provider fails a share of the requests with 500; from half of them on its breaker opens',
      'providers',
    ),
    shareFault(
      'whatsapp-429',
      0.2,
      'The WhatsApp provider refuses a share of the messages with 429',
      'providers',
    ),
    fault(
      'small-cache',
      'entries',
      [1, 100_000],
      5,
      'The cache of salons holds fewer entries, and begins anew',
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
