import type { ClientBase } from 'pg';
import { preparedRow, preparedRows } from '../../db/sql.ts';

export type Category = { id: number; name: string };
export type Reader = { id: number; name: string; category: string; active: boolean; bookings: number };
export type NewBooking = { readerId: number; customerName: string; startsAt: string };
export type Booking = NewBooking & { id: number };

export const listCategories = preparedRows<Category>('categories', 'SELECT id, name FROM categories ORDER BY position');

export const readReading = preparedRow<{ reading: string }, [sign: string]>(
  'reading',
  'SELECT reading FROM zodiac_readings WHERE sign = $1',
);

export const listReaders = preparedRows<Reader>(
  'readers',
  `SELECT r.id, r.name, c.name AS category, r.active,
      (SELECT count(*)::int FROM bookings WHERE reader_id = r.id) AS bookings
    FROM readers r JOIN categories c ON c.id = r.category_id ORDER BY r.id`,
);

const insertBooking = preparedRow<
  { id: number },
  [readerId: number, customerName: string, startsAt: string, loadRun: string | null]
>(
  'create-booking',
  `INSERT INTO bookings (reader_id, customer_name, starts_at, load_run)
    SELECT id, $2, $3, $4 FROM readers WHERE id = $1 AND active RETURNING id::int`,
);

/** Creates a booking of a reader. @returns undefined if the reader does not exist or does not accept bookings */
export async function createBooking(
  client: ClientBase,
  { readerId, customerName, startsAt }: NewBooking,
  loadRun: string | null,
): Promise<Booking | undefined> {
  const row = await insertBooking(client, readerId, customerName, startsAt, loadRun);
  return row && { id: row.id, readerId, customerName, startsAt };
}

/** Maps each kind of record that a load test creates to its table. */
export const LOAD_RUN_TABLES = { booking: 'bookings' };
