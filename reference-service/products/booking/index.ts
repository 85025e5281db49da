import { defineProduct } from '../product.ts';
import { providers } from './providers.ts';
import { QUEUE_NAME } from './queue-name.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/** Salons' bookings, statistics and messages, and the WhatsApp webhook from which bookings are made. */
export const product = defineProduct({
  name: 'booking',
  seed,
  queues: [QUEUE_NAME],
  defaults: { DB_QUERY_HOLD_MS: '116' },
  settings,
  faults: [
    {
      name: 'slow-ai',
      description: 'The AI provider answers later',
      unit: 'ms added',
      default: 3000,
      min: 1,
      max: 600_000,
      site: 'providers',
    },
    {
      name: 'failing-ai',
      description:
        'The AI provider fails a share of the requests with 500; from half of them on its breaker opens',
      unit: 'share from 0 to 1',
      default: 0.8,
      min: 0,
      max: 1,
      site: 'providers',
    },
    {
      name: 'whatsapp-429',
      description: 'The WhatsApp provider refuses a share of the messages with 429',
      unit: 'share from 0 to 1',
      default: 0.2,
      min: 0,
      max: 1,
      site: 'providers',
    },
    {
      name: 'small-cache',
      description: 'The cache of salons holds fewer entries, and begins anew',
      unit: 'entries',
      default: 5,
      min: 1,
      max: 100_000,
      site: 'service',
    },
  ],
  lockedTable: 'bookings',
  losableRoute: '/admin/ai/analytics/:id',
  providers,
  providerFaults: {
    'slow-ai': { provider: 'ai', sets: 'addedMs' },
    'failing-ai': { provider: 'ai', sets: 'failedShare' },
    'whatsapp-429': { provider: 'whatsapp', sets: 'refusedShare' },
  },
  service: () => import('./service.ts'),
});
