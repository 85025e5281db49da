import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { tryLock } from '../node/lock.mjs';
import { Problem } from '../problem.ts';

/**
 * One run at a time on a machine: two would measure each other. A lock whose process is gone is taken over.
 * @throws Problem that names the run that is going on
 */
export async function lockMachine(test: string): Promise<AsyncDisposable> {
  const file = path.join(tmpdir(), `load-suite-${userInfo().uid}.lock`);
  const { holder, release } = await tryLock(file, { test, startedAt: new Date().toISOString() });
  if (holder)
    throw new Problem(
      `Another run is going on: ${holder.test} (process ${holder.pid}, since ${holder.startedAt}). Two at once would measure each other: wait for it, or stop it.`,
    );
  return { [Symbol.asyncDispose]: release };
}
