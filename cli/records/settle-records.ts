import { type TestPlan, variableProblems } from '../../lib/core/definition/index.ts';
import type { FoundRecords, RecordRemoval } from '../../lib/core/evidence/index.ts';
import { countRecords } from './count-records.ts';
import { accessVariables } from './record-access.ts';
import { removeRecords } from './remove-records.ts';

export interface FinishedLoad {
  plan: TestPlan;
  /** The ID of the run whose records to remove. */
  id: string;
  /**
   * Whether the runner started the target for this run. The database of such a target is deleted when the target stops.
   */
  target: { startedForRun: boolean; env: NodeJS.ProcessEnv };
  keepData: boolean;
}

/** The number of records that a run created, as counted in the target, and the number of removed records. */
export interface SettledRecords {
  /** The number of records by kind; null if the records could not be counted. */
  ledgerCounts: Record<string, FoundRecords> | null;
  removal: RecordRemoval;
}

/**
 * Counts and then removes the records that a run created. If counting or removing fails, the returned figures contain a
 * note.
 */
export async function settleRecords(
  { note, ...load }: FinishedLoad & { note: (text: string) => void },
  signal: AbortSignal,
): Promise<SettledRecords> {
  const { plan, id, target } = load;
  const ledgerCounts = await countRecords(plan, id, target.env, note);
  return { ledgerCounts, removal: await removeCreatedRecords(load, signal) };
}

/**
 * The explanation if the reference service was started for the run: its database, with all records, is deleted when it
 * stops.
 */
export const REMOVED_WITH_DATABASE =
  'removed with the database of the reference service, which was started for this run';

export const cleanupCommandLine = (runId: string): string => `npm run cleanup -- --run ${runId}`;

async function removeCreatedRecords(
  { plan: { cleanup, endpoints, variables }, id, target: { startedForRun, env }, keepData }: FinishedLoad,
  signal: AbortSignal,
): Promise<RecordRemoval> {
  const notRemoved = (note: string): RecordRemoval => ({ removed: null, note });
  if (!endpoints.some(({ creates }) => creates !== undefined)) return { removed: null, note: null };
  if (startedForRun) return notRemoved(REMOVED_WITH_DATABASE);
  if (!cleanup) return notRemoved('the product does not declare how to remove them');
  const command = cleanupCommandLine(id);
  if (keepData) return notRemoved(`kept because of --keep-data. Remove them with: ${command}`);
  const missing = variableProblems(accessVariables(cleanup), env, variables);
  if (missing.length > 0) return notRemoved(`not removed: ${missing.join(' ')} Remove them with: ${command}`);
  try {
    return { removed: await removeRecords(cleanup, id, env, signal), note: null };
  } catch (error) {
    return notRemoved(`not removed: ${(error as Error).message} Remove them with: ${command}`);
  }
}
