import { shareFault } from '../../faults/fault.ts';
import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';
import { settings } from './settings.ts';

/**
 * The insurance product: registration of agents and members, and claims with documents. The service confirms every
 * registration and claim by email.
 */
export const product = defineProduct({
  name: 'insurance',
  seed,
  defaults: { DB_QUERY_HOLD_MS: '800', DB_ACQUIRE_TIMEOUT_MS: '2000' },
  settings,
  faults: [
    shareFault(
      'torn-transaction',
      0.2,
      'The service confirms records, but alternately writes nothing or only half of a record',
    ),
    shareFault(
      'unordered-locks',
      1,
      'Rows are locked in the order of the request instead of by id, which causes deadlocks',
    ),
    shareFault(
      'failing-email',
      1,
      'The email provider responds with 500 to a share of the messages; from 0.5 on, its circuit breaker opens',
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
