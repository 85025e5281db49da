import { fault } from '../../faults/fault.ts';
import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';

/** The bounty product: a marketplace for bounties with accounts, wallets, notifications and payments. */
export const product = defineProduct({
  name: 'bounty',
  seed,
  defaults: { DB_POOL_MAX: '20' },
  faults: [
    fault('slow-payments', 'ms added', [1, 600_000], 600, 'The payment provider responds more slowly', 'providers'),
  ],
  lockableTable: 'bounties',
  removableRoute: '/wallet/transactions',
  providers: {
    payments: {
      seed: 41,
      meanMs: 60,
      sigma: 0.25,
      failureRate: 0,
      respond: () => ({ status: 'requires_confirmation' }),
    },
  },
  providerFaults: { 'slow-payments': { provider: 'payments', sets: 'addedMs' } },
  service: () => import('./service.ts'),
});
