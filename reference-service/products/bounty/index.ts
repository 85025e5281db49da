import { defineProduct } from '../product.ts';
import { seed } from './seed.ts';

/** A marketplace of bounties: accounts that sign in, their wallets and notifications, and payments. */
export const product = defineProduct({
  name: 'bounty',
  seed,
  defaults: { DB_POOL_MAX: '20' },
  faults: [
    {
      name: 'slow-payments',
      description: 'The payment provider answers later',
      unit: 'ms added',
      default: 600,
      min: 1,
      max: 600_000,
      site: 'providers',
    },
  ],
  lockedTable: 'bounties',
  losableRoute: '/wallet/transactions',
  providers: {
    payments: {
      seed: 41,
      meanMs: 60,
      sigma: 0.25,
      failureRate: 0,
      answer: () => ({ status: 'requires_confirmation' }),
    },
  },
  providerFaults: { 'slow-payments': { provider: 'payments', sets: 'addedMs' } },
  service: () => import('./service.ts'),
});
