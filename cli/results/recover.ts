import type { Result } from '../../lib/core/evidence/index.ts';
import { GONE, laterFor } from '../records/after-run.ts';
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
 * The result of a run whose runner died, from the files that it left: every window that had closed is in it.
 * @throws Problem where the folder is none of a run, or of one that still goes on
 */
export async function recoverResult(folder: string): Promise<Result> {
  const start = await readRunStart(folder);
  await assertEnded(folder, start);
  const record = new RunMeasurements(start.plan);
  const unreadable = {
    [RUN_FILES.windows]: await readWindows(folder, (window) => record.addWindow(window)),
    [RUN_FILES.samples]: await readSamples(folder, (sample) => record.addSample(sample)),
  };
  const end = { outcome: 'crashed', reason: 'the runner ended before the run did' } as const;
  return assembleResult({
    start,
    outcome: end.outcome,
    outcomeReason: end.reason,
    measurements: record,
    summary: await readSummary(folder),
    ...(start.generators && {
      generators: await Promise.all(
        start.generators.map(async (name) => ({ ...end, name, summary: await readSummary(folder, name) })),
      ),
    }),
    details: await readDetails(folder),
    notes: Object.entries(unreadable).flatMap(([file, lines]) =>
      lines === 0 ? [] : [`lines of ${file} that cannot be read, and are left out: ${lines}`],
    ),
    removal: { removed: null, note: start.ownTarget ? GONE : `not removed: ${laterFor(start.run.id)}` },
  });
}

/** As long as its runner is there, the folder of a run looks like one that was left. */
async function assertEnded(folder: string, { run }: RunStart): Promise<void> {
  const current = await currentRun();
  if (current?.test === `${run.product}/${run.test}` && current.startedAt <= run.startedAt)
    throw new Problem(
      `The run in ${folder} still goes on (process ${current.pid}). Its result is there once it has ended.`,
    );
}
