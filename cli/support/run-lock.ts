import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { type Holder, lockHolder, tryLock } from '../node/lock.mjs';
import { Problem } from './problem.ts';

/**
 * One run at a time on a machine: two would measure each other. A lock whose process is gone is taken over.
 * @throws Problem that names the run that is going on
 */
export const lockMachine = (test: string): Promise<AsyncDisposable> =>
  lock(
    '',
    test,
    (going) =>
      `Another run is going on: ${going}. Two at once would measure each other: wait for it, or stop it.`,
  );

/**
 * One series of runs at a time, for the same reason: also between its runs nobody else may begin one.
 * @param what as a person is told: `campaign of shop`
 * @throws Problem that names the series that is going on
 */
export const lockSeries = (what: string): Promise<AsyncDisposable> =>
  lock(
    '-campaign',
    what,
    (going) => `Another series of runs is going on: ${going}. Wait for it, or stop it.`,
  );

/** The run that goes on on this machine, if one does. */
export const currentRun = (): Promise<Holder<Remarks> | null> => lockHolder<Remarks>(fileOf(''));

interface Remarks {
  /** What the lock is for: `product/test`, or what a series of runs is called. */
  test: string;
  startedAt: string;
}

const fileOf = (suffix: string): string => path.join(tmpdir(), `load-suite-${userInfo().uid}${suffix}.lock`);

async function lock(
  suffix: string,
  what: string,
  refusal: (going: string) => string,
): Promise<AsyncDisposable> {
  const { holder, release } = await tryLock(fileOf(suffix), {
    test: what,
    startedAt: new Date().toISOString(),
  });
  if (holder) throw new Problem(refusal(`${holder.test} (process ${holder.pid}, since ${holder.startedAt})`));
  return { [Symbol.asyncDispose]: release };
}
