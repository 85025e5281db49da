import type { Result } from '../../lib/core/evidence/index.ts';
import { cleanupCommandLine, REMOVED_WITH_DATABASE } from '../records/settle-records.ts';
import { Problem } from '../support/problem.ts';
import { currentRun } from '../support/run-lock.ts';
import { assembleResult } from './assemble.ts';
import {
  RUN_FILES,
  type RunStart,
  readDetails,
  readRunStart,
  readSamples,
  readSummary,
  readWindows,
} from './run-folder.ts';
import { RunMeasurements } from './run-measurements.ts';

/**
 * Assembles the result of a run whose runner died from the files in its folder. The result contains all windows that
 * were complete.
 * @throws Problem if the folder is not a run folder, or if the run is still in progress
 */
export async function recoverResult(folder: string): Promise<Result> {
  const start = await readRunStart(folder);
  await assertEnded(folder, start);
  const measurements = new RunMeasurements(start.plan);
  const unreadable = {
    [RUN_FILES.windows]: await readWindows(folder, (window) => measurements.addWindow(window)),
    [RUN_FILES.samples]: await readSamples(folder, (sample) => measurements.addSample(sample)),
  };
  const end = { outcome: 'crashed', reason: 'the runner ended before the end of the run' } as const;
  return assembleResult({
    start,
    outcome: end.outcome,
    outcomeReason: end.reason,
    measurements,
    summary: await readSummary(folder),
    ...(start.generators && {
      generators: await Promise.all(
        start.generators.map(async (name) => ({ ...end, name, summary: await readSummary(folder, name) })),
      ),
    }),
    details: await readDetails(folder),
    notes: Object.entries(unreadable).flatMap(([file, lines]) =>
      lines === 0 ? [] : [`unreadable lines of ${file} were ignored: ${lines}`],
    ),
    removal: {
      removed: null,
      note: start.ownTarget ? REMOVED_WITH_DATABASE : `not removed: ${cleanupCommandLine(start.run.id)}`,
    },
  });
}

/**
 * Checks that the run has ended. The files alone do not show this, because a run in progress and a run whose runner
 * died leave the same files.
 * @throws Problem if the run is still in progress
 */
async function assertEnded(folder: string, { run }: RunStart): Promise<void> {
  const current = await currentRun();
  if (current?.test === `${run.product}/${run.test}` && current.startedAt <= run.startedAt)
    throw new Problem(
      `The run in ${folder} is still in progress (process ${current.pid}). Its result will be available when it ends.`,
    );
}
