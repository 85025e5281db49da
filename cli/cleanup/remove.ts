import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { addedUp, total } from '../../lib/core/cleanup.ts';
import { type CleanUp, LOAD_RUN } from '../../lib/core/plan.ts';
import { readVariable, type VariableName } from '../../lib/core/variables.ts';
import { causeOf } from '../network.ts';
import { EXIT, Problem } from '../problem.ts';
import { answerOf, authHeaders } from '../requests.ts';

const ANSWER_PATIENCE_MS = 60_000;
/** What a target still works on when the load has ended creates records, too. */
const MOST_ROUNDS = 6;
const PAUSE_MS = 1000;

type Counts = Record<string, number>;

/** Environment variables without which nothing can be removed. */
export function variablesOf(cleanup: CleanUp): VariableName[] {
  if (cleanup.through === 'sql') return ['TARGET_DATABASE_URL'];
  return cleanup.auth.scheme === 'none' ? ['API_URL'] : ['API_URL', cleanup.auth.variable];
}

/**
 * Removes what a run has created, again and again until there is nothing more of it.
 * @returns how many records there were, by kind
 * @throws Problem where the target does not do it
 */
export async function removeRecords(
  cleanup: CleanUp,
  runId: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Counts> {
  const remove =
    cleanup.through === 'api'
      ? () => removeByApi(cleanup, runId, env, signal)
      : () => removeBySql(cleanup, runId, readVariable('TARGET_DATABASE_URL', env));
  let removed: Counts = {};
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round > 0) await sleep(PAUSE_MS, undefined, { signal });
    const now = await remove();
    removed = addedUp(removed, now);
    if (total(now) === 0) break;
  }
  return removed;
}

async function removeByApi(
  { path, auth }: Extract<CleanUp, { through: 'api' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Counts> {
  const place = path.replace(LOAD_RUN.parameter, encodeURIComponent(runId));
  const patience = AbortSignal.timeout(ANSWER_PATIENCE_MS);
  const response = await fetch(readVariable('API_URL', env) + place, {
    method: 'DELETE',
    headers: authHeaders(auth, undefined, env),
    redirect: 'manual',
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new Problem(`DELETE ${place} got no answer: ${causeOf(error)}.`, EXIT.undecided);
  });
  const text = await response.text();
  const removed = response.status === 200 ? countsIn(text) : null;
  if (removed === null)
    throw new Problem(
      `DELETE ${place} ${answerOf(response)}; expected is 200 with {"removed": {"<kind>": <count>}}.`,
      EXIT.undecided,
    );
  return removed;
}

function countsIn(text: string): Counts | null {
  try {
    const { removed } = JSON.parse(text) as { removed?: unknown };
    if (typeof removed !== 'object' || removed === null) return null;
    return Object.values(removed).every((count) => Number.isInteger(count) && count >= 0)
      ? (removed as Counts)
      : null;
  } catch {
    return null;
  }
}

async function removeBySql(
  { statements }: Extract<CleanUp, { through: 'sql' }>,
  runId: string,
  url: string,
): Promise<Counts> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: ANSWER_PATIENCE_MS,
    application_name: 'load-suite-cleanup',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('BEGIN');
    let removed: Counts = {};
    for (const { kind, sql } of statements) {
      const { rowCount } = await client.query(sql, [runId]);
      removed = addedUp(removed, { [kind]: rowCount ?? 0 });
    }
    await client.query('COMMIT');
    return removed;
  } catch (error) {
    throw new Problem(`the database did not remove them: ${causeOf(error)}.`, EXIT.undecided);
  } finally {
    await client.end().catch(() => {});
  }
}
