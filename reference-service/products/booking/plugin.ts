import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ClientBase } from 'pg';
import type { Cache } from '../../cache.ts';
import { removeLoadRun } from '../../db/load-run.ts';
import { transaction } from '../../db/pool.ts';
import { bearerAuth } from '../../http/auth.ts';
import { httpError } from '../../http/errors.ts';
import { addLoadRunRoute, loadRunOf } from '../../http/load-run.ts';
import { bodySchema, INSTANT_SCHEMA, idParamsSchema, NAME_SCHEMA } from '../../http/schema.ts';
import type { JobQueue } from '../../queue/job-queue.ts';
import type { ServiceContext } from '../product.ts';
import {
  type BookingJob,
  createBooking,
  findSalon,
  LOAD_RUN_TABLES,
  listBookings,
  listIntents,
  listMessages,
  type NewBooking,
  readSalonStats,
  readTrace,
  recordJob,
  type Salon,
} from './repository.ts';
import type { settings } from './settings.ts';
import { isSigned, jobIdOf, readMessage } from './webhook.ts';

export type BookingOptions = ServiceContext<typeof settings> & {
  queue: JobQueue<BookingJob>;
  salons: Cache<Salon>;
};

/**
 * Factor for the hold time of the connection that adds a job to the queue. Adding a job is much less work for the
 * database than the queries of admin routes.
 */
const ENQUEUE_HOLD_SHARE = 0.1;

const PHONE = {
  type: 'string',
  pattern: '^\\+[1-9][0-9]{6,14}$',
  description: 'a phone number such as +447700900123',
} as const;
const SALON_PARAMS = idParamsSchema('a salon id such as 7');
const NEW_BOOKING = bodySchema({
  customerPhone: PHONE,
  customerName: NAME_SCHEMA,
  service: { type: 'string', minLength: 1, maxLength: 80 },
  startsAt: INSTANT_SCHEMA,
});
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type SalonRoute = { Params: { id: string } };

/** Adds the routes of the booking product: admin routes for salons, and the WhatsApp webhook. */
export async function bookingPlugin(app: FastifyInstance, options: BookingOptions): Promise<void> {
  await app.register(async (admin) => addAdmin(admin, options), { prefix: '/admin' });
  await app.register(async (webhook) => addWebhook(webhook, options), { prefix: '/webhook' });
}

function addAdmin(admin: FastifyInstance, { settings, database, salons }: BookingOptions): void {
  const { pool, background } = database;
  admin.addHook('onRequest', bearerAuth(settings.adminToken));

  /** Runs an action for an existing salon with a database connection. @throws 404 if the salon does not exist */
  const forSalon = <T>(id: string, action: (client: ClientBase, salonId: number) => Promise<T>): Promise<T> =>
    pool.run(async (client) => {
      const salon = await findSalon((text, values) => client.query(text, values), salons, Number(id));
      if (!salon) throw httpError(404, 'unknown_salon', `there is no salon ${id}`);
      return action(client, salon.id);
    });

  admin.get<SalonRoute & { Querystring: { phone?: string } }>(
    '/bookings/:id',
    { schema: { params: SALON_PARAMS, querystring: { type: 'object', properties: { phone: PHONE } } } },
    ({ params, query }) =>
      forSalon(params.id, async (client, salonId) => ({
        salonId,
        ...(await listBookings(client, salonId, query.phone)),
      })),
  );

  admin.post<SalonRoute & { Body: NewBooking }>(
    '/bookings/:id',
    { schema: { params: SALON_PARAMS, body: NEW_BOOKING } },
    async (request, reply) => {
      const { params, body } = request;
      reply.status(201);
      return forSalon(params.id, (client, salonId) => createBooking(client, salonId, body, loadRunOf(request)));
    },
  );

  admin.get<SalonRoute>('/stats/:id', { schema: { params: SALON_PARAMS } }, ({ params }) =>
    forSalon(params.id, readSalonStats),
  );

  admin.get<SalonRoute>('/messages/:id', { schema: { params: SALON_PARAMS } }, ({ params }) =>
    forSalon(params.id, async (client, salonId) => ({ salonId, ...(await listMessages(client, salonId)) })),
  );

  admin.get<SalonRoute>('/ai/analytics/:id', { schema: { params: SALON_PARAMS } }, ({ params }) =>
    forSalon(params.id, async (client, salonId) => {
      const intents = await listIntents(client, salonId);
      return { salonId, intents, total: intents.reduce((sum, intent) => sum + intent.count, 0) };
    }),
  );

  addLoadRunRoute(admin, (run) => removeLoadRun(background, LOAD_RUN_TABLES, run));
}

function addWebhook(webhook: FastifyInstance, options: BookingOptions): void {
  const { settings, productSettings, database, queue, salons } = options;
  // Keep the raw bytes of the body for every content type, because the signature covers the raw bytes.
  webhook.removeAllContentTypeParsers();
  webhook.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const addJob = (id: string, job: BookingJob): Promise<boolean> =>
    database.pool.run(
      async (client) => {
        if (!(await findSalon((text, values) => client.query(text, values), salons, job.salonId))) {
          throw httpError(400, 'invalid_request', `entry[0].id: there is no salon ${job.salonId}`);
        }
        return transaction(client, async () => {
          const isNew = await recordJob(client, id, job);
          if (isNew) await queue.send(client, id, job);
          return isNew;
        });
      },
      { holdShare: ENQUEUE_HOLD_SHARE },
    );

  webhook.post('/whatsapp', async (request, reply) => {
    const receivedAt = performance.now();
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (!isSigned(body, request.headers['x-hub-signature-256'], productSettings.webhookSecret)) {
      throw httpError(
        401,
        'invalid_signature',
        'send the header "x-hub-signature-256: sha256=<hex HMAC-SHA256 of the body>" with the webhook secret as key',
      );
    }
    const { id, job } = readMessage(body, loadRunOf(request));
    const validatedAt = performance.now();
    const jobId = jobIdOf(id);
    await queue.enqueue(jobId, () => addJob(jobId, job));
    setServerTiming(reply, { validate: validatedAt - receivedAt, enqueue: performance.now() - validatedAt });
    reply.status(202);
    return { jobId };
  });

  webhook.get<{ Params: { id: string } }>(
    '/jobs/:id',
    { onRequest: bearerAuth(settings.adminToken) },
    async ({ params: { id } }) => {
      const trace = queue.traces.get(id) ?? (UUID.test(id) ? await readTrace(database.background, id) : undefined);
      if (!trace) throw httpError(404, 'unknown_job', 'there is no job with this id');
      return {
        id,
        state: trace.state,
        bookingId: trace.bookingId,
        queuedMs: Math.max(0, (trace.startedAt ?? Date.now()) - trace.queuedAt),
        steps: trace.steps,
      };
    },
  );
}

function setServerTiming(reply: FastifyReply, durationsMs: Record<string, number>): void {
  const parts = Object.entries(durationsMs).map(([name, ms]) => `${name};dur=${ms.toFixed(2)}`);
  reply.header('server-timing', parts.join(', '));
}
