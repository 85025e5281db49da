import { shareFault } from '../../faults/fault.ts';
import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/** Registration of agents and members, and claims with documents. Each is confirmed by email. */
export const product = defineProduct({
  name: 'insurance',
  seed,
  defaults: { DB_QUERY_HOLD_MS: '800', DB_ACQUIRE_TIMEOUT_MS: '2000' },
  settings,
  faults: [
    shareFault(
      'torn-transaction',
      0.2,
      'The service acknowledges records, but alternately writes nothing or half of the record',
    ),
    shareFault(
      'unordered-locks',
      1,
      'Rows are locked in the order of the request instead of by id, which causes deadlocks',
    ),
    shareFault(
      'failing-email',
      1,
      'The email provider fails a share of the messages with 500; from one half on, its circuit breaker opens',
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
