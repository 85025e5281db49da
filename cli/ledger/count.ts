import pg from 'pg';
import { EMPTY_COUNT, type LedgerCount } from '../../lib/core/ledger.ts';
import { type Ledger, LOAD_RUN, type TestPlan } from '../../lib/core/plan.ts';
import { problemsOf, readVariable, type VariableName } from '../../lib/core/variables.ts';
import { causeOf } from '../network.ts';
import { answerOf, authHeaders } from '../requests.ts';

const PATIENCE_MS = 30_000;

type Counts = Record<string, LedgerCount>;

/** Environment variables without which nothing can be counted. */
function variablesOf(ledger: Ledger): VariableName[] {
  if (ledger.through === 'sql') return ['TARGET_DATABASE_URL'];
  return ledger.auth.scheme === 'none' ? ['API_URL'] : ['API_URL', ledger.auth.variable];
}

/**
 * Counts what the target has of the records that a run has created, before they are removed.
 * @returns null where they cannot be counted, which is noted and fails nothing by itself
 */
export async function countRecords(
  { ledger, endpoints }: Pick<TestPlan, 'ledger' | 'endpoints'>,
  runId: string,
  env: NodeJS.ProcessEnv,
  note: (text: string) => void,
): Promise<Counts | null> {
  if (!ledger || !endpoints.some(({ creates }) => creates !== undefined)) return null;
  try {
    const missing = problemsOf(variablesOf(ledger), env);
    if (missing.length > 0) throw new Error(missing.join(' '));
    return ledger.through === 'api'
      ? await countByApi(ledger, runId, env)
      : await countBySql(ledger, runId, readVariable('TARGET_DATABASE_URL', env));
  } catch (error) {
    note(`records were not counted: ${causeOf(error)}`);
    return null;
  }
}

async function countByApi(
  { path, auth }: Extract<Ledger, { through: 'api' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
): Promise<Counts> {
  const place = path.replace(LOAD_RUN.parameter, encodeURIComponent(runId));
  const response = await fetch(readVariable('API_URL', env) + place, {
    headers: authHeaders(auth, undefined, env),
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await response.text();
  const counts = response.status === 200 ? countsIn(text) : null;
  if (counts === null)
    throw new Error(
      `GET ${place} ${answerOf(response)}; expected is 200 with {"ledger": {"<kind>": {"complete", "incomplete", "duplicates"}}}`,
    );
  return counts;
}

function countsIn(text: string): Counts | null {
  try {
    const { ledger } = JSON.parse(text) as { ledger?: unknown };
    if (typeof ledger !== 'object' || ledger === null) return null;
    return Object.fromEntries(Object.entries(ledger).map(([kind, entry]) => [kind, countIn(entry)]));
  } catch {
    return null;
  }
}

/** @throws Error where it is none */
function countIn(entry: Record<string, unknown>): LedgerCount {
  const part = (name: keyof LedgerCount): number => {
    const count = Number(entry[name]);
    if (!Number.isInteger(count) || count < 0) throw new Error(`${name} is no count`);
    return count;
  };
  return { complete: part('complete'), incomplete: part('incomplete'), duplicates: part('duplicates') };
}

async function countBySql(
  { statements }: Extract<Ledger, { through: 'sql' }>,
  runId: string,
  url: string,
): Promise<Counts> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: PATIENCE_MS,
    application_name: 'load-suite-ledger',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const counts: Counts = {};
    for (const { kind, sql } of statements) {
      const { rows } = await client.query<Record<string, unknown>>(sql, [runId]);
      counts[kind] = countIn(rows[0] ?? { ...EMPTY_COUNT });
    }
    return counts;
  } finally {
    await client.end().catch(() => {});
  }
}
