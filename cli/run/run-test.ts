import { runReportSource } from '../report/run-document.ts';
import { writeReports } from '../report/write-reports.ts';
import { Problem } from '../support/problem.ts';
import { lockMachine } from '../support/run-lock.ts';
import type { Terminal } from '../support/terminal.ts';
import { listTests } from './bundle.ts';
import { divide } from './division.ts';
import { beforeLoad, type Interruption } from './interruption.ts';
import { measure, type RunReport } from './measure.ts';
import { assertEnoughFiles, preflight } from './preflight.ts';
import { prepare } from './prepare.ts';
import { describeRun } from './run-start.ts';
import type { Settings } from './settings.ts';
import { resolveTest } from './test-name.ts';
import { onThisMachine } from './this-machine.ts';

export interface RunRequest {
  /** As a person names it: `shop/peak` or `peak`. */
  test: string;
  labels: Record<string, string>;
  dashboard: boolean;
  /** Where it cannot be divided among several generators, it runs on one; otherwise it is refused. */
  mayStayWhole?: boolean;
  /** What the run creates stays in the target. */
  keepData: boolean;
  results: string;
  settings: Settings;
}

/**
 * One run from start to end.
 * @throws Problem where there is nothing to judge: wrong usage, a target that is not there, interrupted too early
 */
export async function runTest(
  { labels, dashboard, mayStayWhole, keepData, results, ...request }: RunRequest,
  interruption: Interruption,
  terminal: Terminal,
): Promise<RunReport> {
  const { stop } = interruption;
  const test = resolveTest(request.test, await listTests());

  await using cleanup = new AsyncDisposableStack();
  cleanup.use(await lockMachine(test));
  return await beforeLoad(stop, async () => {
    const prepared = await prepare(test, request.settings, stop, cleanup, terminal);
    const { k6, plan, target, settings } = prepared;
    const divided = divide(plan, settings.generators, mayStayWhole);
    if (settings.generators > 1 && dashboard)
      throw new Problem("k6's dashboard shows one generator alone. Leave out --dashboard, or run with one.");
    await assertEnoughFiles(plan.workload.peakVUs);
    await preflight(plan, target, stop);
    const start = await describeRun(plan, target, labels, k6.version);
    const source = onThisMachine({ ...prepared, test, divided, dashboard, terminal });
    return measure({ settings, plan, target, start, source, results, keepData, interruption, terminal });
  });
}

/** A dashboard is for somebody who watches one run, and what one test of many cannot do must not end them all. */
export type SeriesRequest = Omit<RunRequest, 'dashboard' | 'mayStayWhole'>;

/**
 * One run of several: its reports are beside its result, and the job summary is left to what tells of them all.
 * @throws Problem as `runTest` does
 */
export async function runOfSeries(
  request: SeriesRequest,
  interruption: Interruption,
  terminal: Terminal,
): Promise<RunReport> {
  const report = await runTest({ ...request, dashboard: false, mayStayWhole: true }, interruption, terminal);
  const { problems } = await writeReports(runReportSource(report.result), report.folder, {});
  for (const problem of problems) terminal.line(problem);
  return report;
}
