import { type Ledger, type TestPlan, variableProblems } from '../../lib/core/definition/index.ts';
import { type FoundRecords, NO_RECORDS_FOUND } from '../../lib/core/evidence/index.ts';
import { causeOf } from '../support/network.ts';
import { askApi, inDatabase, variablesOf } from './access.ts';

const PATIENCE_MS = 30_000;

type Counts = Record<string, FoundRecords>;

/**
 * Counts what the target has of the records that a run has created, before they are removed.
 * @returns null where they cannot be counted, which is noted and fails nothing by itself
 */
export async function countRecords(
  { ledger, endpoints, variables }: Pick<TestPlan, 'ledger' | 'endpoints' | 'variables'>,
  runId: string,
  env: NodeJS.ProcessEnv,
  note: (text: string) => void,
): Promise<Counts | null> {
  if (!ledger || !endpoints.some(({ creates }) => creates !== undefined)) return null;
  try {
    const missing = variableProblems(variablesOf(ledger), env, variables);
    if (missing.length > 0) throw new Error(missing.join(' '));
    return ledger.through === 'api'
      ? await countByApi(ledger, runId, env)
      : await countBySql(ledger, runId, env);
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
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const { told, document } = await askApi('GET', ledger, runId, env, patience);
  const counts = countsIn(document);
  if (counts === null)
    throw new Error(
      `${told}; expected is 200 with {"ledger": {"<kind>": {"complete", "incomplete", "duplicates"}}}`,
    );
  return counts;
}

function countsIn(document: unknown): Counts | null {
  const { ledger } = (document ?? {}) as { ledger?: unknown };
  if (typeof ledger !== 'object' || ledger === null) return null;
  try {
    return Object.fromEntries(Object.entries(ledger).map(([kind, entry]) => [kind, countIn(entry)]));
  } catch {
    return null;
  }
}

/** @throws Error where it is none */
function countIn(entry: Record<string, unknown>): FoundRecords {
  const part = (name: keyof FoundRecords): number => {
    const count = Number(entry[name]);
    if (!Number.isInteger(count) || count < 0) throw new Error(`${name} is no count`);
    return count;
  };
  return { complete: part('complete'), incomplete: part('incomplete'), duplicates: part('duplicates') };
}

function countBySql(
  { statements }: Extract<Ledger, { through: 'sql' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
): Promise<Counts> {
  return inDatabase(env, { purpose: 'ledger', patienceMs: PATIENCE_MS }, async (client) => {
    const counts: Counts = {};
    for (const { kind, sql } of statements) {
      const { rows } = await client.query<Record<string, unknown>>(sql, [runId]);
      counts[kind] = countIn(rows[0] ?? { ...NO_RECORDS_FOUND });
    }
    return counts;
  });
}
