import { arrayOf, instantOf } from '../../db/sql.ts';

const READERS = 24;
const BOOKINGS = 4000;

const CATEGORIES = ['Love', 'Career', 'Health', 'Money', 'Family', 'Travel', 'Dreams', 'Spirit'];
const SIGNS = [
  'aries',
  'taurus',
  'gemini',
  'cancer',
  'leo',
  'virgo',
  'libra',
  'scorpio',
  'sagittarius',
  'capricorn',
  'aquarius',
  'pisces',
];

/**
 * SQL script that creates the tables and rows of the tarot product. Creates the same rows every time, because no value
 * depends on the time or on random numbers.
 */
export const seed = `
CREATE TABLE categories (
  id int PRIMARY KEY,
  name text NOT NULL,
  position int NOT NULL
);
CREATE TABLE zodiac_readings (
  sign text PRIMARY KEY,
  reading text NOT NULL
);
CREATE TABLE readers (
  id int PRIMARY KEY,
  name text NOT NULL,
  category_id int NOT NULL REFERENCES categories,
  active boolean NOT NULL
);
CREATE TABLE bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reader_id int NOT NULL REFERENCES readers,
  customer_name text NOT NULL,
  starts_at timestamptz NOT NULL,
  load_run text
);

INSERT INTO categories (id, name, position)
SELECT position, name, position FROM unnest(${arrayOf(CATEGORIES)}) WITH ORDINALITY AS c (name, position);

INSERT INTO zodiac_readings (sign, reading)
SELECT sign, 'The stars are kind to ' || sign FROM unnest(${arrayOf(SIGNS)}) AS s (sign);

INSERT INTO readers (id, name, category_id, active)
SELECT n, 'Reader ' || n, 1 + n % ${CATEGORIES.length}, n % 5 > 0 FROM generate_series(1, ${READERS}) n;

INSERT INTO bookings (reader_id, customer_name, starts_at)
SELECT 1 + n % ${READERS}, 'Customer ' || n, ${instantOf('n', 20)}
FROM generate_series(1, ${BOOKINGS}) n;

CREATE INDEX idx_bookings_reader ON bookings (reader_id, starts_at);
CREATE INDEX idx_bookings_load_run ON bookings (load_run) WHERE load_run IS NOT NULL;

ANALYZE categories, zodiac_readings, readers, bookings;
`;
