import type { ClientBase } from 'pg';

export type Category = { id: number; name: string };
export type Reader = { id: number; name: string; category: string; active: boolean; bookings: number };
export type NewBooking = { readerId: number; customerName: string; startsAt: string };
export type Booking = NewBooking & { id: number };

export async function listCategories(client: ClientBase): Promise<Category[]> {
  const { rows } = await client.query<Category>({
    name: 'categories',
    text: 'SELECT id, name FROM categories ORDER BY position',
  });
  return rows;
}

export async function readReading(client: ClientBase, sign: string): Promise<string | undefined> {
  const { rows } = await client.query<{ reading: string }>({
    name: 'reading',
    text: 'SELECT reading FROM zodiac_readings WHERE sign = $1',
    values: [sign],
  });
  return rows[0]?.reading;
}

export async function listReaders(client: ClientBase): Promise<Reader[]> {
  const { rows } = await client.query<Reader>({
    name: 'readers',
    text: `SELECT r.id, r.name, c.name AS category, r.active,
        (SELECT count(*)::int FROM bookings WHERE reader_id = r.id) AS bookings
      FROM readers r JOIN categories c ON c.id = r.category_id ORDER BY r.id`,
  });
  return rows;
}

/** @returns undefined where there is no such reader, or none who takes bookings */
export async function createBooking(
  client: ClientBase,
  { readerId, customerName, startsAt }: NewBooking,
  loadRun: string | null,
): Promise<Booking | undefined> {
  const { rows } = await client.query<{ id: number }>({
    name: 'create-booking',
    text: `INSERT INTO bookings (reader_id, customer_name, starts_at, load_run)
      SELECT id, $2, $3, $4 FROM readers WHERE id = $1 AND active RETURNING id::int`,
    values: [readerId, customerName, startsAt, loadRun],
  });
  return rows[0] && { id: rows[0].id, readerId, customerName, startsAt };
}

/** Kinds of records that a load test creates, each with its table. */
export const CREATED = { booking: 'bookings' };
