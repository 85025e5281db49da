import { setTimeout as sleep } from 'node:timers/promises';
import type { CleanUp } from '../../lib/core/definition/index.ts';
import { mergeCounts, totalCount } from '../../lib/core/evidence/index.ts';
import { causeOf } from '../support/network.ts';
import { Problem } from '../support/problem.ts';
import { accessPath, inDatabase, requestRecords } from './record-access.ts';

const TIMEOUT_MS = 60_000;
/** How often to repeat the removal. Jobs that the target finishes after the load can still create records. */
const MAX_ROUNDS = 6;
const PAUSE_MS = 1000;

type Counts = Record<string, number>;

/**
 * Removes the records of a run, and repeats the removal until no records are left.
 * @returns how many records were removed, by kind
 * @throws Problem if the target does not remove the records
 */
export async function removeRecords(
  cleanup: CleanUp,
  runId: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Counts> {
  const remove =
    cleanup.through === 'api' ? () => removeByApi(cleanup, runId, env, signal) : () => removeBySql(cleanup, runId, env);
  let removed: Counts = {};
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (round > 0) await sleep(PAUSE_MS, undefined, { signal });
    const removedNow = await remove();
    removed = mergeCounts(removed, removedNow);
    if (totalCount(removedNow) === 0) break;
  }
  return removed;
}

async function removeByApi(
  cleanup: Extract<CleanUp, { through: 'api' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Counts> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const { summary, document } = await requestRecords('DELETE', cleanup, runId, env, stop).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Problem(`DELETE ${accessPath(cleanup, runId)} got no response: ${causeOf(error)}.`, 'NO_RESPONSE');
  });
  const removed = parseCounts(document);
  if (removed === null)
    throw new Problem(`${summary}, but it must return 200 with {"removed": {"<kind>": <count>}}.`, 'NO_RESPONSE');
  return removed;
}

function parseCounts(document: unknown): Counts | null {
  const { removed } = (document ?? {}) as { removed?: unknown };
  if (typeof removed !== 'object' || removed === null) return null;
  return Object.values(removed).every((count) => Number.isInteger(count) && count >= 0) ? (removed as Counts) : null;
}

async function removeBySql(
  { statements }: Extract<CleanUp, { through: 'sql' }>,
  runId: string,
  env: NodeJS.ProcessEnv,
): Promise<Counts> {
  const session = { purpose: 'cleanup', timeoutMs: TIMEOUT_MS };
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
    throw new Problem(`The database did not remove the records: ${causeOf(error)}.`, 'NO_RESPONSE');
  });
}
