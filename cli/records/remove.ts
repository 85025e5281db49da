import { setTimeout as sleep } from 'node:timers/promises';
import type { CleanUp } from '../../lib/core/definition/index.ts';
import { mergeCounts, totalCount } from '../../lib/core/evidence/index.ts';
import { causeOf } from '../support/network.ts';
import { Problem } from '../support/problem.ts';
import { askApi, inDatabase, placeOf } from './access.ts';

const ANSWER_PATIENCE_MS = 60_000;
/** What a target still works on when the load has ended creates records, too. */
const MOST_ROUNDS = 6;
const PAUSE_MS = 1000;

type Counts = Record<string, number>;

/**
 * Removes what a run has created, again and again until there is nothing more of it.
 * @returns how many records there were, by kind
 * @throws Problem where the target does not do it
 */
export async function removeRecords(
  cleanup: CleanUp,
  runId: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Counts> {
  const remove =
    cleanup.through === 'api'
      ? () => removeByApi(cleanup, runId, env, signal)
      : () => removeBySql(cleanup, runId, env);
  let removed: Counts = {};
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round > 0) await sleep(PAUSE_MS, undefined, { signal });
    const now = await remove();
    removed = mergeCounts(removed, now);
    if (totalCount(now) === 0) break;
  }
  return removed;
}

async function removeByApi(
  cleanup: Extract<CleanUp, { through: 'api' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Counts> {
  const patience = AbortSignal.timeout(ANSWER_PATIENCE_MS);
  const either = AbortSignal.any([signal, patience]);
  const { told, document } = await askApi('DELETE', cleanup, runId, env, either).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Problem(`DELETE ${placeOf(cleanup, runId)} got no answer: ${causeOf(error)}.`, 'NO_RESPONSE');
  });
  const removed = countsIn(document);
  if (removed === null)
    throw new Problem(`${told}; expected is 200 with {"removed": {"<kind>": <count>}}.`, 'NO_RESPONSE');
  return removed;
}

function countsIn(document: unknown): Counts | null {
  const { removed } = (document ?? {}) as { removed?: unknown };
  if (typeof removed !== 'object' || removed === null) return null;
  return Object.values(removed).every((count) => Number.isInteger(count) && count >= 0)
    ? (removed as Counts)
    : null;
}

async function removeBySql(
  { statements }: Extract<CleanUp, { through: 'sql' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
): Promise<Counts> {
  const session = { purpose: 'cleanup', patienceMs: ANSWER_PATIENCE_MS };
  return inDatabase(env, session, async (client) => {
    await client.query('BEGIN');
    let removed: Counts = {};
    for (const { kind, sql } of statements) {
      const { rowCount } = await client.query(sql, [runId]);
      removed = mergeCounts(removed, { [kind]: rowCount ?? 0 });
    }
    await client.query('COMMIT');
    return removed;
  }).catch((error: unknown) => {
    throw new Problem(`the database did not remove them: ${causeOf(error)}.`, 'NO_RESPONSE');
  });
}
