import type { ClientBase, QueryResultRow } from 'pg';
import type { Cache } from '../../cache.ts';
import type { ConnectionPool } from '../../db/pool.ts';
import { isoOf, preparedRow, preparedRows } from '../../db/sql.ts';
import type { FinishedJob } from '../../queue/job-queue.ts';
import type { JobStep, JobTrace } from '../../queue/traces.ts';

export type Salon = { id: number; name: string };
export type NewBooking = { customerPhone: string; customerName: string; service: string; startsAt: string };
export type Booking = {
  id: number;
  salonId: number;
  customerPhone: string;
  service: string;
  startsAt: string;
  status: string;
};
export type Message = {
  id: number;
  salonId: number;
  direction: 'inbound' | 'outbound';
  body: string;
  sentAt: string;
};
export type Stats = {
  salonId: number;
  bookings: { total: number; confirmed: number; cancelled: number; completed: number };
  messages: number;
  customers: number;
};
export type Intent = { intent: string; count: number; meanConfidence: number; meanLatencyMs: number };

type Query = <R extends QueryResultRow>(text: string, values: unknown[]) => Promise<{ rows: R[] }>;

/** Returns a salon by id. Uses a cache, because every request needs its salon. */
export function findSalon(query: Query, cache: Cache<Salon>, id: number): Promise<Salon | undefined> {
  return cache.fetch(`salon:${id}`, async () => {
    const { rows } = await query<Salon>('SELECT id, name FROM salons WHERE id = $1', [id]);
    return rows[0];
  });
}

const BOOKING = `id::int, salon_id AS "salonId", customer_phone AS "customerPhone", service,
  ${isoOf('starts_at')} AS "startsAt", status`;

type BookingList = { total: number; bookings: Booking[] };
/**
 * Returns an SQL query for the 20 newest bookings that match a condition, and for the number of all matching bookings.
 */
const newestBookings = (condition: string) =>
  `SELECT (SELECT count(*)::int FROM bookings WHERE ${condition}) AS total,
    coalesce((SELECT json_agg(b) FROM (SELECT ${BOOKING} FROM bookings WHERE ${condition}
      ORDER BY bookings.id DESC LIMIT 20) b), '[]') AS bookings`;
const bookingsOfSalon = preparedRow<BookingList, [salonId: number]>('bookings', newestBookings('salon_id = $1'));
const bookingsOfCustomer = preparedRow<BookingList, [salonId: number, phone: string]>(
  'bookings-of-customer',
  newestBookings('salon_id = $1 AND customer_phone = $2'),
);

/**
 * Lists the newest bookings of a salon. If `phone` is given, lists only bookings of the customer with this phone
 * number.
 */
export const listBookings = (client: ClientBase, salonId: number, phone: string | undefined) =>
  phone === undefined ? bookingsOfSalon(client, salonId) : bookingsOfCustomer(client, salonId, phone);

/** Creates a booking. Also creates a conversation if the customer has no conversation with the salon yet. */
export async function createBooking(
  client: ClientBase,
  salonId: number,
  booking: NewBooking,
  loadRun: string | null,
): Promise<Booking> {
  const { rows } = await client.query<Booking>({
    name: 'create-booking',
    text: `WITH conversation AS (
        INSERT INTO conversations (salon_id, customer_phone, customer_name, status, load_run)
        VALUES ($1, $2, $3, 'open', $6) ON CONFLICT DO NOTHING)
      INSERT INTO bookings (salon_id, customer_phone, customer_name, service, starts_at, status, load_run)
      VALUES ($1, $2, $3, $4, $5, 'confirmed', $6) RETURNING ${BOOKING}`,
    values: [salonId, booking.customerPhone, booking.customerName, booking.service, booking.startsAt, loadRun],
  });
  return rows[0] as Booking;
}

type Counts = Stats['bookings'] & { messages: number; customers: number };
const countBySalon = preparedRow<Counts, [salonId: number]>(
  'stats',
  `SELECT count(*)::int AS total,
      count(*) FILTER (WHERE status = 'confirmed')::int AS confirmed,
      count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
      count(*) FILTER (WHERE status = 'completed')::int AS completed,
      (SELECT count(*)::int FROM messages WHERE salon_id = $1) AS messages,
      (SELECT count(*)::int FROM conversations WHERE salon_id = $1) AS customers
    FROM bookings WHERE salon_id = $1`,
);

export async function readSalonStats(client: ClientBase, salonId: number): Promise<Stats> {
  const { messages, customers, ...bookings } = (await countBySalon(client, salonId)) as Counts;
  return { salonId, bookings, messages, customers };
}

export const listMessages = preparedRow<{ total: number; messages: Message[] }, [salonId: number]>(
  'messages',
  `SELECT (SELECT count(*)::int FROM messages WHERE salon_id = $1) AS total,
    coalesce((SELECT json_agg(m) FROM (SELECT id::int, salon_id AS "salonId", direction, body,
      ${isoOf('sent_at')} AS "sentAt" FROM messages WHERE salon_id = $1
      ORDER BY messages.id DESC LIMIT 20) m), '[]') AS messages`,
);

export const listIntents = preparedRows<Intent, [salonId: number]>(
  'intents',
  `SELECT intent, count(*)::int AS count, round(avg(confidence)::numeric, 3)::float8 AS "meanConfidence",
      round(avg(latency_ms)::numeric, 1)::float8 AS "meanLatencyMs"
    FROM ai_analytics WHERE salon_id = $1 GROUP BY intent ORDER BY count DESC, intent`,
);

/** The data of a booking job in the queue: a message that the webhook received. */
export type BookingJob = {
  salonId: number;
  from: string;
  text: string;
  sentAt: string;
  /** Id of the load test run that sent the message. */
  loadRun: string | null;
};
export type MessageAnalysis = { intent: string; confidence: number; service: string; startsAt: string };

/** Records a job in the database. @returns false if the job was already recorded */
export async function recordJob(client: ClientBase, id: string, { salonId, loadRun }: BookingJob): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'record-job',
    text: `INSERT INTO queue_jobs (id, salon_id, status, queued_at, load_run) VALUES ($1, $2, 'queued', now(), $3)
      ON CONFLICT DO NOTHING`,
    values: [id, salonId, loadRun],
  });
  return rowCount === 1;
}

/**
 * Creates all records of a job in one atomic statement. If the process crashes afterwards and the job is retried,
 * returns the booking that the first attempt created.
 *
 * @returns the id of the booking
 */
export async function bookFromMessage(
  client: ClientBase,
  jobId: string,
  job: BookingJob,
  analysis: MessageAnalysis,
  latencyMs: number,
): Promise<number> {
  const { rows } = await client.query<{ id: number }>({
    name: 'book-from-message',
    text: `WITH claim AS (SELECT booking_id FROM queue_jobs WHERE id = $1 FOR UPDATE),
      open AS (SELECT 1 FROM claim WHERE booking_id IS NULL),
      conversation AS (
        INSERT INTO conversations (salon_id, customer_phone, customer_name, status, load_run)
        SELECT $2, $3, 'WhatsApp customer', 'open', $11 FROM open ON CONFLICT DO NOTHING),
      message AS (
        INSERT INTO messages (salon_id, customer_phone, direction, body, sent_at, load_run)
        SELECT $2, $3, 'inbound', $4, $5, $11 FROM open),
      analysis AS (
        INSERT INTO ai_analytics (salon_id, intent, confidence, latency_ms, recorded_at, load_run)
        SELECT $2, $6, $7, $8, now(), $11 FROM open),
      booking AS (
        INSERT INTO bookings (salon_id, customer_phone, customer_name, service, starts_at, status, load_run)
        SELECT $2, $3, 'WhatsApp customer', $9, $10, 'confirmed', $11 FROM open RETURNING id),
      mark AS (UPDATE queue_jobs SET booking_id = booking.id FROM booking WHERE queue_jobs.id = $1)
      SELECT coalesce((SELECT id FROM booking), (SELECT booking_id FROM claim))::int AS id`,
    values: [
      jobId,
      job.salonId,
      job.from,
      job.text,
      job.sentAt,
      analysis.intent,
      analysis.confidence,
      latencyMs,
      analysis.service,
      analysis.startsAt,
      job.loadRun,
    ],
  });
  return (rows[0] as { id: number }).id;
}

/** Stores the results of finished jobs, and the confirmation messages that the jobs sent. */
export async function recordFinished(
  pool: ConnectionPool,
  finished: readonly FinishedJob<BookingJob>[],
  confirmationStep: string,
): Promise<void> {
  const rows = finished.map(({ data, trace }) => ({
    id: trace.id,
    status: trace.state,
    steps: trace.steps,
    started: isoTimestamp(trace.startedAt),
    finished: isoTimestamp(trace.finishedAt),
    salon: data.salonId,
    phone: data.from,
    confirmed: trace.steps.some((step) => step.name === confirmationStep && step.ok),
  }));
  await pool.query(
    `WITH ended AS (SELECT * FROM json_to_recordset($1) AS r(id uuid, status text, steps jsonb,
        started timestamptz, finished timestamptz, salon int, phone text, confirmed boolean)),
      updated AS (UPDATE queue_jobs q SET status = e.status, steps = e.steps, started_at = e.started,
        finished_at = e.finished FROM ended e WHERE q.id = e.id AND q.finished_at IS NULL
        RETURNING e.salon, e.phone, e.confirmed, e.finished, q.load_run)
      INSERT INTO messages (salon_id, customer_phone, direction, body, sent_at, load_run)
      SELECT salon, phone, 'outbound', 'Your booking is confirmed', finished, load_run FROM updated WHERE confirmed`,
    [JSON.stringify(rows)],
  );
}

const isoTimestamp = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** Reads the trace of a job from the database. Needed for jobs whose traces are no longer in memory. */
export async function readTrace(pool: ConnectionPool, id: string): Promise<JobTrace | undefined> {
  const { rows } = await pool.query<{
    status: JobTrace['state'];
    booking_id: string | null;
    steps: JobStep[];
    queued_at: Date;
    started_at: Date | null;
    finished_at: Date | null;
  }>('SELECT status, booking_id, steps, queued_at, started_at, finished_at FROM queue_jobs WHERE id = $1', [id]);
  const row = rows[0];
  return (
    row && {
      id,
      state: row.status,
      queuedAt: row.queued_at.getTime(),
      startedAt: row.started_at?.getTime() ?? null,
      finishedAt: row.finished_at?.getTime() ?? null,
      bookingId: row.booking_id === null ? null : Number(row.booking_id),
      steps: row.steps,
    }
  );
}

export async function listUnfinishedJobs(pool: ConnectionPool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM queue_jobs WHERE status = 'queued'");
  return rows.map((row) => row.id);
}

/** Maps each kind of record that a load test creates to its table. */
export const LOAD_RUN_TABLES = {
  booking: 'bookings',
  message: 'messages',
  conversation: 'conversations',
  job: 'queue_jobs',
  analysis: 'ai_analytics',
};
