/** What the statements and the rows of several products are made of. */
import type { ClientBase, QueryResultRow } from 'pg';

/** The rows of a statement, which the server prepares once for each connection. */
export const preparedRows =
  <Row extends QueryResultRow, Values extends unknown[] = []>(name: string, text: string) =>
  async (client: ClientBase, ...values: Values): Promise<Row[]> =>
    (await client.query<Row>({ name, text, values })).rows;

/** The first row of such a statement, or undefined. */
export const preparedRow = <Row extends QueryResultRow, Values extends unknown[] = []>(
  name: string,
  text: string,
) => {
  const rows = preparedRows<Row, Values>(name, text);
  return async (client: ClientBase, ...values: Values): Promise<Row | undefined> =>
    (await rows(client, ...values))[0];
};

/** An instant as JSON has it. */
export const isoOf = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const arrayOf = (values: readonly string[]): string =>
  `ARRAY[${values.map((value) => `'${value}'`).join(', ')}]`;

/** A number in [0, 2^24) that only depends on its arguments. */
export const hashOf = (row: string, salt: string): string =>
  `('x' || left(md5('${salt}:' || ${row}), 6))::bit(24)::int`;

/** One of several values, always the same one for the same row. */
export const pickValue = (values: readonly string[], row: string, salt: string): string =>
  `(${arrayOf(values)})[1 + ${hashOf(row, salt)} % ${values.length}]`;

/** Instants of a row each, so many minutes apart. */
export const instantOf = (row: string, stepMinutes: number): string =>
  `timestamptz '2025-01-01T08:00:00Z' + ${row} * interval '${stepMinutes} minutes'`;
