import { problemsOf, type TestPlan } from '../../lib/core/definition/index.ts';
import type { Removal } from '../../lib/core/evidence/index.ts';
import { variablesOf } from './access.ts';
import { removeRecords } from './remove.ts';

export interface Leavings {
  plan: TestPlan;
  runId: string;
  env: NodeJS.ProcessEnv;
  /** The target was started for this run, and its database goes with it. */
  ownTarget: boolean;
  keepData: boolean;
}

/** Why there is nothing to remove. */
export const GONE = 'gone with the database of the reference service, which was started for this run';

export const laterFor = (runId: string): string => `npm run cleanup -- --run ${runId}`;

/** Removes what a run has created, where it is to be removed and can be. That it cannot is told, and fails nothing. */
export async function cleanUpAfter(
  { plan, runId, env, ownTarget, keepData }: Leavings,
  signal: AbortSignal,
): Promise<Removal> {
  const left = (note: string): Removal => ({ removed: null, note });
  const { cleanup, endpoints } = plan;
  if (!endpoints.some(({ creates }) => creates !== undefined)) return { removed: null, note: null };
  if (ownTarget) return left(GONE);
  if (!cleanup) return left('the product does not say how they are removed');
  const later = laterFor(runId);
  if (keepData) return left(`kept, as --keep-data asked for; later: ${later}`);
  const missing = problemsOf(variablesOf(cleanup), env);
  if (missing.length > 0) return left(`not removed: ${missing.join(' ')} Later: ${later}`);
  try {
    return { removed: await removeRecords(cleanup, runId, env, signal), note: null };
  } catch (error) {
    return left(`not removed: ${(error as Error).message} Later: ${later}`);
  }
}
