import { RetryingTransactions } from '../../db/retrying.ts';
import { observeBreakers } from '../../http/breaker.ts';
import { counted, readings } from '../../http/metrics.ts';
import type { Start } from '../product.ts';
import { Damage } from './damage.ts';
import { Mailer } from './mailer.ts';
import { insurancePlugin } from './plugin.ts';
import type { settings } from './settings.ts';

export const start: Start<typeof settings> = async (kit) => {
  const { database, registry, providers } = kit;
  const { pool, background } = database;
  const transactions = new RetryingTransactions(pool);
  const mailer = new Mailer(providers.email ?? '', background);
  const damage = new Damage();

  counted(
    registry,
    'db_transaction_retries_total',
    'Transactions done again because another one came between',
    () => transactions.retries,
  );
  counted(
    registry,
    'db_deadlocks_total',
    'Transactions that the database undid to end a deadlock',
    () => transactions.deadlocks,
  );
  observeBreakers(registry, { email: mailer.breaker });
  readings(registry, 'queue_jobs', 'Messages that are to be sent later', 'state', () => ({
    queued: mailer.waiting,
  }));

  return {
    plugin: (app) => insurancePlugin(app, { ...kit, transactions, mailer, damage }),
    faults: damage.faults,
    health: async () => {
      await background.query('SELECT 1');
      return {
        dependencies: { database: 'up', email: mailer.provider },
        pool: { max: pool.max, active: pool.active, waiting: pool.waiting },
        waitingMessages: mailer.waiting,
      };
    },
    begin: async () => mailer.begin(),
    stop: () => mailer.stop(),
  };
};
