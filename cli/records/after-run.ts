import { type TestPlan, variableProblems } from '../../lib/core/definition/index.ts';
import type { FoundRecords, RecordRemoval } from '../../lib/core/evidence/index.ts';
import { variablesOf } from './access.ts';
import { countRecords } from './count.ts';
import { removeRecords } from './remove.ts';

export interface Leavings {
  plan: TestPlan;
  /** Of the run. */
  id: string;
  /** One of its own was started for this run, and its database goes with it. */
  target: { own: boolean; env: NodeJS.ProcessEnv };
  keepData: boolean;
}

/** What the target has of the records that a run created, and what became of them. */
export interface SettledRecords {
  /** Null where they could not be counted. */
  found: Record<string, FoundRecords> | null;
  removal: RecordRemoval;
}

/** Counts the records that a run created, then removes them. Where either is not possible, the result says so. */
export async function settleRecords(
  { note, ...leavings }: Leavings & { note: (text: string) => void },
  signal: AbortSignal,
): Promise<SettledRecords> {
  const { plan, id, target } = leavings;
  const found = await countRecords(plan, id, target.env, note);
  return { found, removal: await removal(leavings, signal) };
}

/** Why there is nothing to remove. */
export const GONE = 'gone with the database of the reference service, which was started for this run';

export const laterFor = (runId: string): string => `npm run cleanup -- --run ${runId}`;

async function removal(
  { plan: { cleanup, endpoints, variables }, id, target: { own, env }, keepData }: Leavings,
  signal: AbortSignal,
): Promise<RecordRemoval> {
  const left = (note: string): RecordRemoval => ({ removed: null, note });
  if (!endpoints.some(({ creates }) => creates !== undefined)) return { removed: null, note: null };
  if (own) return left(GONE);
  if (!cleanup) return left('the product does not say how they are removed');
  const later = laterFor(id);
  if (keepData) return left(`kept, as --keep-data asked for; later: ${later}`);
  const missing = variableProblems(variablesOf(cleanup), env, variables);
  if (missing.length > 0) return left(`not removed: ${missing.join(' ')} Later: ${later}`);
  try {
    return { removed: await removeRecords(cleanup, id, env, signal), note: null };
  } catch (error) {
    return left(`not removed: ${(error as Error).message} Later: ${later}`);
  }
}
