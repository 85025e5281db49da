import { shareFault } from '../../faults/fault.ts';
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
    shareFault(
      'torn-transaction',
      0.2,
      'A record is acknowledged and, in turn, not written at all or only by half: its transaction is torn',
    ),
    shareFault(
      'unordered-locks',
      1,
      'Rows are locked as the request names them and not in their order: deadlocks',
    ),
    shareFault(
      'failing-email',
      1,
      'The email provider fails a share of the messages with 500; from half of them on its breaker opens',
      'providers',
    ),
  ],
  lockableTable: 'agents',
  removableRoute: '/api/policies/:id',
  providers: {
    email: { seed: 53, meanMs: 80, sigma: 0.3, failureRate: 0, respond: () => ({ accepted: true }) },
  },
  providerFaults: { 'failing-email': { provider: 'email', sets: 'failedShare' } },
  service: () => import('./service.ts'),
});
