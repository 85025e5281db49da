import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { removeLoadRun } from '../../db/load-run.ts';
import { bearerAuth } from '../../http/auth.ts';
import { httpError } from '../../http/errors.ts';
import { addLoadRunRoute, loadRunOf } from '../../http/load-run.ts';
import { bodySchema } from '../../http/schema.ts';
import type { ServiceContext } from '../product.ts';
import {
  countUnread,
  createIntent,
  findAccount,
  LOAD_RUN_TABLES,
  listBounties,
  listNotifications,
  listTransactions,
  readAccount,
  readAnalytics,
  readBalance,
  readBounty,
} from './repository.ts';
import { Sessions } from './session.ts';

export type BountyOptions = ServiceContext & {
  /** Requests a payment intent from the payment provider, and resolves to the status of the payment intent. */
  requestPayment(amountCents: number): Promise<string>;
};

const LIMIT = {
  type: 'string',
  pattern: '^([1-9][0-9]?|100)$',
  description: 'a whole number from 1 to 100',
} as const;
const STATUS = { type: 'string', enum: ['open', 'claimed', 'paid'] } as const;
const SIGN_IN = bodySchema({
  email: { type: 'string', minLength: 3, maxLength: 254 },
  password: { type: 'string', minLength: 1, maxLength: 200 },
});
const INTENT = bodySchema({ amountCents: { type: 'integer', minimum: 50, maximum: 100_000_000 } });
const query = (properties: object) => ({ querystring: { type: 'object', properties } });

/** Adds the routes of the bounty product: sign-in, bounties, wallets, notifications, payments and admin routes. */
export function bountyPlugin(app: FastifyInstance, options: BountyOptions): void {
  const { requestPayment } = options;
  const { pool } = options.database;
  const sessions = new Sessions(options.settings.adminToken);

  addMonitoring(app, options);
  app.register(async (admin) => addAdmin(admin, options), { prefix: '/admin' });

  app.post<{ Body: { email: string; password: string } }>(
    '/auth/sign-in',
    { schema: { body: SIGN_IN } },
    async ({ body: { email, password } }) => {
      const account = await pool.run((client) => findAccount(client, email, password));
      if (!account) throw httpError(401, 'invalid_credentials', 'no account has this email and password');
      return { token: sessions.tokenOf(account.id), account };
    },
  );

  app.get('/api/profile', async (request) => {
    const id = sessions.accountOf(request);
    const account = await pool.run((client) => readAccount(client, id));
    if (!account) throw httpError(401, 'unauthorized', 'this account no longer exists: sign in with another account');
    return account;
  });

  app.get<{ Querystring: { limit?: string; status?: string } }>(
    '/api/bounties',
    { schema: query({ limit: LIMIT, status: STATUS }) },
    async ({ query: { limit = '20', status } }) => ({
      bounties: await pool.run((client) => listBounties(client, Number(limit), status)),
    }),
  );

  app.get<{ Params: { id: string } }>('/api/bounties/:id', async ({ params: { id } }) => {
    const bounty = /^[1-9][0-9]{0,8}$/.test(id)
      ? await pool.run((client) => readBounty(client, Number(id)))
      : undefined;
    if (!bounty) throw httpError(404, 'unknown_bounty', 'there is no bounty with this id');
    return bounty;
  });

  app.get('/wallet/balance', async (request) => {
    const account = sessions.accountOf(request);
    return { ...(await pool.run((client) => readBalance(client, account))), currency: 'USD' };
  });

  app.get('/wallet/transactions', async (request) => {
    const account = sessions.accountOf(request);
    return { transactions: await pool.run((client) => listTransactions(client, account)) };
  });

  app.get<{ Querystring: { limit?: string } }>(
    '/notifications',
    { schema: query({ limit: LIMIT }) },
    async (request) => {
      const account = sessions.accountOf(request);
      const limit = Number(request.query.limit ?? 20);
      return { notifications: await pool.run((client) => listNotifications(client, account, limit)) };
    },
  );

  app.get('/notifications/unread-count', async (request) => {
    const account = sessions.accountOf(request);
    return pool.run((client) => countUnread(client, account));
  });

  app.post<{ Body: { amountCents: number } }>(
    '/api/payments/create-intent',
    { schema: { body: INTENT } },
    async (request, reply) => {
      const account = sessions.accountOf(request);
      const { amountCents } = request.body;
      const status = await requestPayment(amountCents);
      reply.status(201);
      return pool.run((client) => createIntent(client, account, amountCents, status, loadRunOf(request)));
    },
  );
}

/** Adds the admin and metrics routes of the bounty product. */
function addMonitoring(app: FastifyInstance, { database: { pool, background }, registry }: BountyOptions): void {
  app.get('/health/detailed', async (_request, reply) => {
    const startedAt = performance.now();
    const isReachable = await background.query('SELECT 1').then(
      () => true,
      () => false,
    );
    if (!isReachable) reply.status(503);
    return {
      status: isReachable ? 'ok' : 'unavailable',
      database: { reached: isReachable, latencyMs: performance.now() - startedAt },
      pool: { max: pool.max, active: pool.active, waiting: pool.waiting },
      uptimeS: process.uptime(),
    };
  });

  app.get('/metrics/json', () => requestMetricsOf(registry));
}

async function addAdmin(
  admin: FastifyInstance,
  { settings, database: { pool, background }, registry }: BountyOptions,
): Promise<void> {
  admin.addHook('onRequest', bearerAuth(settings.adminToken));
  admin.get('/metrics', () => requestMetricsOf(registry));
  admin.get('/analytics/metrics', () => pool.run(readAnalytics));
  addLoadRunRoute(admin, (run) => removeLoadRun(background, LOAD_RUN_TABLES, run));
}

async function requestMetricsOf(registry: Registry) {
  const counted = await registry.getSingleMetric('http_requests_total')?.get();
  const byStatus: Record<string, number> = {};
  for (const { labels, value } of counted?.values ?? []) {
    const status = String(labels.status);
    byStatus[status] = (byStatus[status] ?? 0) + value;
  }
  const total = Object.values(byStatus).reduce((sum, count) => sum + count, 0);
  const { rss, heapUsed } = process.memoryUsage();
  return {
    metrics: {
      requests: { total, byStatus },
      memory: { residentBytes: rss, heapUsedBytes: heapUsed },
      uptimeS: process.uptime(),
    },
  };
}
