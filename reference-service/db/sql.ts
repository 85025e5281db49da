import type { ClientBase, QueryResultRow } from 'pg';

/** A function that runs a prepared statement and returns its rows. PostgreSQL prepares it once per connection. */
export const preparedRows =
  <Row extends QueryResultRow, Values extends unknown[] = []>(name: string, text: string) =>
  async (client: ClientBase, ...values: Values): Promise<Row[]> =>
    (await client.query<Row>({ name, text, values })).rows;

/** A function that runs a prepared statement and returns its first row, or undefined. */
export const preparedRow = <Row extends QueryResultRow, Values extends unknown[] = []>(name: string, text: string) => {
  const queryRows = preparedRows<Row, Values>(name, text);
  return async (client: ClientBase, ...values: Values): Promise<Row | undefined> =>
    (await queryRows(client, ...values))[0];
};

/** SQL expression for a timestamp in ISO 8601 format, in UTC with milliseconds. */
export const isoOf = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** SQL array literal. Values must not contain quotes. */
export const arrayOf = (values: readonly string[]): string =>
  `ARRAY[${values.map((value) => `'${value}'`).join(', ')}]`;

/** SQL expression for a number in [0, 2^24) that depends only on the arguments. */
export const hashOf = (row: string, salt: string): string =>
  `('x' || left(md5('${salt}:' || ${row}), 6))::bit(24)::int`;

/** SQL expression that picks one of the values. The same row and salt always get the same value. */
export const pickValue = (values: readonly string[], row: string, salt: string): string =>
  `(${arrayOf(values)})[1 + ${hashOf(row, salt)} % ${values.length}]`;

/** SQL expression for a timestamp that increases by `stepMinutes` with each row. */
export const instantOf = (row: string, stepMinutes: number): string =>
  `timestamptz '2025-01-01T08:00:00Z' + ${row} * interval '${stepMinutes} minutes'`;
