import { createHmac } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { removeLoadRun } from '../../db/load-run.ts';
import { bearerAuth } from '../../http/auth.ts';
import { httpError } from '../../http/errors.ts';
import { addLoadRunRoute, loadRunOf } from '../../http/load-run.ts';
import { bodySchema, INSTANT_SCHEMA, NAME_SCHEMA } from '../../http/schema.ts';
import type { ServiceContext } from '../product.ts';
import type { Configuration } from './configuration.ts';
import {
  createBooking,
  LOAD_RUN_TABLES,
  listCategories,
  listReaders,
  type NewBooking,
  readReading,
} from './repository.ts';
import type { settings } from './settings.ts';

export type TarotOptions = ServiceContext<typeof settings> & {
  configuration: Configuration<'DATABASE_URL' | 'ADMIN_TOKEN' | 'TAROT_SIGNING_KEY'>;
};

const NEW_BOOKING = bodySchema({
  readerId: { type: 'integer', minimum: 1 },
  customerName: NAME_SCHEMA,
  startsAt: INSTANT_SCHEMA,
});

/** Adds the routes of the tarot product. All API requests of a client share one rate limit. */
export async function tarotPlugin(app: FastifyInstance, options: TarotOptions): Promise<void> {
  await app.register(async (api) => addApi(api, options), { prefix: '/api' });
  await app.register(async (admin) => addAdmin(admin, options), { prefix: '/admin' });
}

/** Adds the admin routes, which have no rate limit. */
function addAdmin(admin: FastifyInstance, { settings, database, configuration }: TarotOptions): void {
  admin.addHook('onRequest', bearerAuth(settings.adminToken));
  addLoadRunRoute(admin, (run) => removeLoadRun(database.background, LOAD_RUN_TABLES, run));
  admin.get('/configuration', async () => {
    const { required, missing } = configuration;
    return { required, missing };
  });
}

async function addApi(
  api: FastifyInstance,
  { settings, productSettings, database: { pool, background }, configuration }: TarotOptions,
): Promise<void> {
  await api.register(rateLimit, {
    max: productSettings.rateLimit,
    timeWindow: productSettings.rateWindowMs,
    errorResponseBuilder: (_request, { after }) =>
      httpError(429, 'rate_limited', `too many requests; try again in ${after}`),
  });
  // Check the token in `preValidation`, after the rate limit, because the limit must also apply to requests without a
  // valid token.
  const authorized = { preValidation: bearerAuth(settings.adminToken) };

  api.get('/health', async () => {
    await background.query('SELECT 1');
    return { status: 'ok', uptimeS: Math.floor(process.uptime()) };
  });

  api.get<{ Params: { sign: string } }>('/daily-zodiac/:sign', async ({ params: { sign } }) => {
    const row = await pool.run((client) => readReading(client, sign));
    if (!row) throw httpError(404, 'no_reading', `there is no reading for ${sign} today`);
    return { sign, reading: row.reading };
  });

  api.get('/config/categories', async () => ({ categories: await pool.run(listCategories) }));

  api.get('/admin/readers', authorized, async () => ({ readers: await pool.run(listReaders) }));

  api.post<{ Body: NewBooking }>(
    '/bookings',
    { ...authorized, schema: { body: NEW_BOOKING } },
    async (request, reply) => {
      const key = configuration.value('TAROT_SIGNING_KEY');
      const booking = await pool.run((client) => createBooking(client, request.body, loadRunOf(request)));
      if (!booking)
        throw httpError(404, 'unknown_reader', `there is no reader ${request.body.readerId} who accepts bookings`);
      reply.status(201);
      const confirmation = createHmac('sha256', key).update(String(booking.id)).digest('hex');
      return { ...booking, confirmation };
    },
  );
}
