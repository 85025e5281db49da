import { hashOf, instantOf, pickValue } from '../../db/sql.ts';

/** Number of salons in the seeded data. The salons have the ids 1 to 50. */
const SALONS = 50;
const BOOKINGS = 12_000;
const CUSTOMERS_PER_SALON = 44;
const MESSAGES = 16_000;
const ANALYTICS = 6000;

const salonOf = (row: string) => `1 + ${row} % ${SALONS}`;
/**
 * Returns an SQL expression for the phone number of a customer. The number depends only on the salon and the customer.
 */
const phoneOf = (salon: string, customer: string) => `'+4477' || lpad(((${salon}) * 1000 + ${customer})::text, 8, '0')`;
const customerOf = (row: string, salt: string) => `${hashOf(row, salt)} % ${CUSTOMERS_PER_SALON}`;

export const SERVICES = ['Haircut', 'Colour', 'Blow-dry', 'Manicure', 'Facial', 'Massage'] as const;
const NAMES = ['Amara', 'Ben', 'Chloe', 'Dev', 'Ella', 'Femi', 'Grace', 'Hugo', 'Isla', 'Jonas'];

/**
 * SQL script that creates the tables and rows of the booking product. Creates the same rows every time, because no
 * value depends on the time or on random numbers.
 */
export const seed = `
CREATE TABLE salons (
  id int PRIMARY KEY,
  name text NOT NULL,
  phone text NOT NULL,
  email text NOT NULL
);
CREATE TABLE bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  salon_id int NOT NULL REFERENCES salons,
  customer_phone text NOT NULL,
  customer_name text NOT NULL,
  service text NOT NULL,
  starts_at timestamptz NOT NULL,
  status text NOT NULL,
  load_run text
);
CREATE TABLE messages (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  salon_id int NOT NULL REFERENCES salons,
  customer_phone text NOT NULL,
  direction text NOT NULL,
  body text NOT NULL,
  sent_at timestamptz NOT NULL,
  load_run text
);
CREATE TABLE conversations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  salon_id int NOT NULL REFERENCES salons,
  customer_phone text NOT NULL,
  customer_name text NOT NULL,
  status text NOT NULL,
  load_run text
);
CREATE TABLE queue_jobs (
  id uuid PRIMARY KEY,
  salon_id int NOT NULL REFERENCES salons,
  status text NOT NULL,
  booking_id bigint,
  steps jsonb NOT NULL DEFAULT '[]',
  queued_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  load_run text
);
CREATE TABLE ai_analytics (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  salon_id int NOT NULL REFERENCES salons,
  intent text NOT NULL,
  confidence real NOT NULL,
  latency_ms real NOT NULL,
  recorded_at timestamptz NOT NULL,
  load_run text
);

INSERT INTO salons (id, name, phone, email)
SELECT n, 'Salon ' || n, '+4420' || lpad(n::text, 8, '0'), 'salon' || n || '@example.com'
FROM generate_series(1, ${SALONS}) n;

INSERT INTO conversations (salon_id, customer_phone, customer_name, status)
SELECT salon, ${phoneOf('salon', 'customer')}, ${pickValue(NAMES, '(salon * 1000 + customer)', 'name')},
  ${pickValue(['open', 'closed', 'closed'], '(salon * 1000 + customer)', 'conversation')}
FROM generate_series(1, ${SALONS}) salon, generate_series(0, ${CUSTOMERS_PER_SALON - 1}) customer;

INSERT INTO bookings (salon_id, customer_phone, customer_name, service, starts_at, status)
SELECT ${salonOf('n')}, ${phoneOf(salonOf('n'), customerOf('n', 'booking'))}, ${pickValue(NAMES, 'n', 'name')},
  ${pickValue(SERVICES, 'n', 'service')}, ${instantOf('n', 30)},
  ${pickValue(['confirmed', 'confirmed', 'completed', 'cancelled'], 'n', 'status')}
FROM generate_series(1, ${BOOKINGS}) n;

INSERT INTO messages (salon_id, customer_phone, direction, body, sent_at)
SELECT ${salonOf('n')}, ${phoneOf(salonOf('n'), customerOf('n', 'message'))},
  ${pickValue(['inbound', 'outbound'], 'n', 'direction')}, 'Message ' || n, ${instantOf('n', 20)}
FROM generate_series(1, ${MESSAGES}) n;

INSERT INTO ai_analytics (salon_id, intent, confidence, latency_ms, recorded_at)
SELECT ${salonOf('n')}, ${pickValue(['book', 'book', 'cancel', 'reschedule', 'question'], 'n', 'intent')},
  0.6 + ${hashOf('n', 'confidence')} % 40 / 100.0, 200 + ${hashOf('n', 'latency')} % 700, ${instantOf('n', 60)}
FROM generate_series(1, ${ANALYTICS}) n;

CREATE INDEX idx_bookings_salon_id ON bookings (salon_id, id);
CREATE INDEX idx_bookings_datetime ON bookings (starts_at);
CREATE INDEX idx_bookings_customer_phone ON bookings (customer_phone);
CREATE INDEX idx_messages_salon_id ON messages (salon_id, id);
CREATE INDEX idx_messages_timestamp ON messages (sent_at);
CREATE UNIQUE INDEX idx_conversations_salon_phone ON conversations (salon_id, customer_phone);
CREATE INDEX idx_conversations_status ON conversations (status);
CREATE INDEX idx_queue_jobs_status ON queue_jobs (status);
CREATE INDEX idx_queue_jobs_salon_id ON queue_jobs (salon_id);
CREATE INDEX idx_ai_analytics_salon_id ON ai_analytics (salon_id);
CREATE INDEX idx_ai_analytics_timestamp ON ai_analytics (recorded_at);
CREATE UNIQUE INDEX idx_salons_phone ON salons (phone);
CREATE UNIQUE INDEX idx_salons_email ON salons (email);

ANALYZE salons, bookings, messages, conversations, queue_jobs, ai_analytics;
`;
