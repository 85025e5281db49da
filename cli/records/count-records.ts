import { type Ledger, type TestPlan, variableProblems } from '../../lib/core/definition/index.ts';
import { type FoundRecords, NO_RECORDS_FOUND } from '../../lib/core/evidence/index.ts';
import { causeOf } from '../support/network.ts';
import { accessVariables, inDatabase, requestRecords } from './record-access.ts';

const TIMEOUT_MS = 30_000;

type Counts = Record<string, FoundRecords>;

/**
 * Counts the records of a run in the target. Must be called before the records are removed.
 * @returns the counts by kind of record; null if the test creates no records or they could not be counted
 */
export async function countRecords(
  { ledger, endpoints, variables }: Pick<TestPlan, 'ledger' | 'endpoints' | 'variables'>,
  runId: string,
  env: NodeJS.ProcessEnv,
  note: (text: string) => void,
): Promise<Counts | null> {
  if (!ledger || !endpoints.some(({ creates }) => creates !== undefined)) return null;
  try {
    const missing = variableProblems(accessVariables(ledger), env, variables);
    if (missing.length > 0) throw new Error(missing.join(' '));
    return ledger.through === 'api' ? await countByApi(ledger, runId, env) : await countBySql(ledger, runId, env);
  } catch (error) {
    note(`records were not counted: ${causeOf(error)}`);
    return null;
  }
}

async function countByApi(
  ledger: Extract<Ledger, { through: 'api' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
): Promise<Counts> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const { summary, document } = await requestRecords('GET', ledger, runId, env, timeout);
  const counts = parseCounts(document);
  if (counts === null)
    throw new Error(
      `${summary}, but it must return 200 with {"ledger": {"<kind>": {"complete", "incomplete", "duplicates"}}}`,
    );
  return counts;
}

function parseCounts(document: unknown): Counts | null {
  const { ledger } = (document ?? {}) as { ledger?: unknown };
  if (typeof ledger !== 'object' || ledger === null) return null;
  try {
    return Object.fromEntries(Object.entries(ledger).map(([kind, entry]) => [kind, parseCount(entry)]));
  } catch {
    return null;
  }
}

/**
 * Validates the record counts in a response.
 * @throws Error if a count is missing or not a whole number
 */
function parseCount(entry: Record<string, unknown>): FoundRecords {
  const part = (name: keyof FoundRecords): number => {
    const count = Number(entry[name]);
    if (!Number.isInteger(count) || count < 0) throw new Error(`"${name}" is not a count`);
    return count;
  };
  return { complete: part('complete'), incomplete: part('incomplete'), duplicates: part('duplicates') };
}

function countBySql(
  { statements }: Extract<Ledger, { through: 'sql' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
): Promise<Counts> {
  return inDatabase(env, { purpose: 'ledger', timeoutMs: TIMEOUT_MS }, async (client) => {
    const counts: Counts = {};
    for (const { kind, sql } of statements) {
      const { rows } = await client.query<Record<string, unknown>>(sql, [runId]);
      counts[kind] = parseCount(rows[0] ?? { ...NO_RECORDS_FOUND });
    }
    return counts;
  });
}
