import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/** Agents, their members and the claims of these, with documents; each is told by email. */
export const product = defineProduct({
  name: 'insurance',
  seed,
  defaults: { DB_QUERY_HOLD_MS: '800', DB_ACQUIRE_TIMEOUT_MS: '2000' },
  settings,
  faults: [
    {
      name: 'torn-transaction',
      description:
        'A record is acknowledged and, in turn, not written at all or only by half: its transaction is torn',
      unit: 'share from 0 to 1',
      default: 0.2,
      min: 0,
      max: 1,
      site: 'service',
    },
    {
      name: 'unordered-locks',
      description: 'Rows are locked as the request names them and not in their order: deadlocks',
      unit: 'share from 0 to 1',
      default: 1,
      min: 0,
      max: 1,
      site: 'service',
    },
    {
      name: 'failing-email',
      description:
        'The email provider fails a share of the messages with 500; from half of them on its breaker opens',
      unit: 'share from 0 to 1',
      default: 1,
      min: 0,
      max: 1,
      site: 'providers',
    },
  ],
  lockedTable: 'agents',
  losableRoute: '/api/policies/:id',
  providers: {
    email: { seed: 53, meanMs: 80, sigma: 0.3, failureRate: 0, answer: () => ({ accepted: true }) },
  },
  providerFaults: { 'failing-email': { provider: 'email', sets: 'failedShare' } },
  service: () => import('./service.ts'),
});
