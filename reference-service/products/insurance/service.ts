import { RetryingTransactions } from '../../db/retrying-transactions.ts';
import { addBreakerMetrics } from '../../http/breaker.ts';
import { addCounter, addLabeledGauge } from '../../http/metrics.ts';
import type { StartService } from '../product.ts';
import { Mailer } from './mailer.ts';
import { insurancePlugin } from './plugin.ts';
import type { settings } from './settings.ts';
import { TransactionFaults } from './transaction-faults.ts';

export const start: StartService<typeof settings> = async (context) => {
  const { database, registry, providers } = context;
  const { pool, background } = database;
  const transactions = new RetryingTransactions(pool);
  const mailer = new Mailer(providers.email ?? '', background);
  const transactionFaults = new TransactionFaults();

  addCounter(
    registry,
    'db_transaction_retries_total',
    'Transactions retried because of a conflict with another transaction',
    () => transactions.retries,
  );
  addCounter(
    registry,
    'db_deadlocks_total',
    'Transactions that the database rolled back to end a deadlock',
    () => transactions.deadlocks,
  );
  addBreakerMetrics(registry, { email: mailer.breaker });
  addLabeledGauge(registry, 'queue_jobs', 'Messages to be resent', 'state', () => ({
    queued: mailer.waiting,
  }));

  return {
    plugin: (app) => insurancePlugin(app, { ...context, transactions, mailer, transactionFaults }),
    faults: transactionFaults.switches,
    health: async () => {
      await background.query('SELECT 1');
      return {
        dependencies: { database: 'up', email: mailer.providerState },
        pool: { max: pool.max, active: pool.active, waiting: pool.waiting },
        waitingMessages: mailer.waiting,
      };
    },
    startBackgroundWork: async () => mailer.start(),
    stop: () => mailer.stop(),
  };
};
