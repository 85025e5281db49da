import type { ConnectionPool } from './pool.ts';

/**
 * Removes all records that a load test run created, with one SQL statement.
 *
 * @param tables maps each kind of record to its table. Each table must have a column `load_run`.
 * @returns the number of removed records of each kind
 */
export async function removeLoadRun(
  pool: ConnectionPool,
  tables: Readonly<Record<string, string>>,
  run: string,
): Promise<Record<string, number>> {
  const kinds = Object.entries(tables);
  const removals = kinds.map(
    ([, table]) => `${table}_removed AS (DELETE FROM ${table} WHERE load_run = $1 RETURNING 1)`,
  );
  const counts = kinds.map(([kind, table]) => `(SELECT count(*)::int FROM ${table}_removed) AS "${kind}"`);
  const { rows } = await pool.query<Record<string, number>>(`WITH ${removals.join(', ')} SELECT ${counts.join(', ')}`, [
    run,
  ]);
  return rows[0] ?? {};
}
