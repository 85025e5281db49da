/** Parts of SQL that the statements and the rows of several products are made of. */

/** An instant as JSON has it. */
export const isoOf = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const arrayOf = (values: readonly string[]): string =>
  `ARRAY[${values.map((value) => `'${value}'`).join(', ')}]`;

/** A number in [0, 2^24) that only depends on its arguments. */
export const hashOf = (row: string, salt: string): string =>
  `('x' || left(md5('${salt}:' || ${row}), 6))::bit(24)::int`;

/** One of several values, always the same one for the same row. */
export const pick = (values: readonly string[], row: string, salt: string): string =>
  `(${arrayOf(values)})[1 + ${hashOf(row, salt)} % ${values.length}]`;

/** Instants of a row each, so many minutes apart. */
export const instantOf = (row: string, stepMinutes: number): string =>
  `timestamptz '2025-01-01T08:00:00Z' + ${row} * interval '${stepMinutes} minutes'`;
