import { runReportSource } from '../report/run-document.ts';
import { writeReports } from '../report/write-reports.ts';
import { Problem } from '../support/problem.ts';
import { lockMachine } from '../support/run-lock.ts';
import type { Terminal } from '../support/terminal.ts';
import { listTests } from './bundle.ts';
import { divide } from './division.ts';
import { beforeLoad, type Interruption } from './interruption.ts';
import { localLoadSource } from './local-load-source.ts';
import { measure, type RunReport } from './measure.ts';
import { assertEnoughFiles, preflight } from './preflight.ts';
import { prepare } from './prepare.ts';
import type { Settings } from './run-settings.ts';
import { describeRun } from './run-start.ts';
import { resolveTest } from './test-name.ts';

export interface RunRequest {
  /** The name of the test, as given by the user: `shop/peak` or `peak`. */
  test: string;
  labels: Record<string, string>;
  dashboard: boolean;
  /**
   * Whether a test that cannot be divided may run on one generator, although the user requested several. If false, the
   * runner refuses such a test.
   */
  allowUndivided?: boolean;
  /** Whether to keep the records that the run creates in the target. */
  keepData: boolean;
  results: string;
  settings: Settings;
}

/**
 * Runs a test from start to end.
 * @throws Problem if nothing was measured, for example after wrong usage, an unreachable target or an early
 *   interruption
 */
export async function runTest(
  { labels, dashboard, allowUndivided, keepData, results, ...request }: RunRequest,
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
    const divided = divide(plan, settings.generators, allowUndivided);
    if (settings.generators > 1 && dashboard)
      throw new Problem("k6's dashboard only shows one generator. Leave out --dashboard, or use one generator.");
    await assertEnoughFiles(plan.workload.peakVUs);
    await preflight(plan, target, stop);
    const start = await describeRun(plan, target, labels, k6.version);
    const source = localLoadSource({ ...prepared, test, divided, dashboard, terminal });
    return measure({ settings, plan, target, start, source, results, keepData, interruption, terminal });
  });
}

/**
 * The request for a test in a series of tests. A series shows no dashboard. A test that cannot be divided runs on one
 * generator, so that the series can continue.
 */
export type SeriesRequest = Omit<RunRequest, 'dashboard' | 'allowUndivided'>;

/**
 * Runs one test of a series, and writes the reports of the run next to its result. The caller writes the job summary of
 * the whole series.
 * @throws Problem as `runTest` does
 */
export async function runInSeries(
  request: SeriesRequest,
  interruption: Interruption,
  terminal: Terminal,
): Promise<RunReport> {
  const report = await runTest({ ...request, dashboard: false, allowUndivided: true }, interruption, terminal);
  const { problems } = await writeReports(runReportSource(report.result), report.folder, {});
  for (const problem of problems) terminal.line(problem);
  return report;
}
