import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { type Holder, lockHolder, tryLock } from '../node/lock.mjs';
import { Problem } from './problem.ts';

/**
 * Acquires the lock for a run. Only one run is allowed at a time on a machine, because simultaneous runs would distort
 * each other's figures. Replaces a lock whose process has ended.
 * @throws Problem that names the run in progress
 */
export const lockMachine = (test: string): Promise<AsyncDisposable> =>
  lock(
    '',
    test,
    (holder) =>
      `Another run is in progress: ${holder}. Two runs at the same time would affect each other. Wait until it ends, or stop it.`,
  );

/**
 * Acquires the lock for a series of runs, such as a campaign, so that no other series starts between two runs of this
 * series.
 * @param what description of the series for messages, such as `campaign of shop`
 * @throws Problem that names the series in progress
 */
export const lockSeries = (what: string): Promise<AsyncDisposable> =>
  lock(
    '-campaign',
    what,
    (holder) => `Another series of runs is in progress: ${holder}. Wait until it ends, or stop it.`,
  );

/** Returns the run in progress on this machine; null if there is none. */
export const currentRun = (): Promise<Holder<Remarks> | null> => lockHolder<Remarks>(fileOf(''));

interface Remarks {
  /** The test of the run that holds the lock (`product/test`), or the description of the series. */
  test: string;
  startedAt: string;
}

const fileOf = (suffix: string): string => path.join(tmpdir(), `load-suite-${userInfo().uid}${suffix}.lock`);

async function lock(suffix: string, what: string, refusal: (holder: string) => string): Promise<AsyncDisposable> {
  const { holder, release } = await tryLock(fileOf(suffix), {
    test: what,
    startedAt: new Date().toISOString(),
  });
  if (holder) throw new Problem(refusal(`${holder.test} (process ${holder.pid}, since ${holder.startedAt})`));
  return { [Symbol.asyncDispose]: release };
}
