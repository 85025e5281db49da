import type { ClientBase, QueryResultRow } from 'pg';

/**
 * Returns a function that runs a prepared statement and returns all rows. PostgreSQL prepares the statement only once
 * per connection.
 */
export const preparedRows =
  <Row extends QueryResultRow, Values extends unknown[] = []>(name: string, text: string) =>
  async (client: ClientBase, ...values: Values): Promise<Row[]> =>
    (await client.query<Row>({ name, text, values })).rows;

/** Returns a function that runs a prepared statement and returns the first row; undefined if there are no rows. */
export const preparedRow = <Row extends QueryResultRow, Values extends unknown[] = []>(name: string, text: string) => {
  const queryRows = preparedRows<Row, Values>(name, text);
  return async (client: ClientBase, ...values: Values): Promise<Row | undefined> =>
    (await queryRows(client, ...values))[0];
};

/** Returns an SQL expression that formats a timestamp as ISO 8601 text, in UTC with milliseconds. */
export const isoOf = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Returns an SQL array literal. The values must not contain quotes. */
export const arrayOf = (values: readonly string[]): string =>
  `ARRAY[${values.map((value) => `'${value}'`).join(', ')}]`;

/**
 * Returns an SQL expression for a pseudo-random number in [0, 2^24). The same row and salt always give the same number.
 */
export const hashOf = (row: string, salt: string): string =>
  `('x' || left(md5('${salt}:' || ${row}), 6))::bit(24)::int`;

/** Returns an SQL expression that picks a pseudo-random value. The same row and salt always give the same value. */
export const pickValue = (values: readonly string[], row: string, salt: string): string =>
  `(${arrayOf(values)})[1 + ${hashOf(row, salt)} % ${values.length}]`;

/** Returns an SQL expression for a timestamp that increases by `stepMinutes` from row to row. */
export const instantOf = (row: string, stepMinutes: number): string =>
  `timestamptz '2025-01-01T08:00:00Z' + ${row} * interval '${stepMinutes} minutes'`;
