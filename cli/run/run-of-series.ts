import { leaveReports } from '../report/leave.ts';
import { runReport } from '../report/run-document.ts';
import type { Terminal } from '../support/terminal.ts';
import type { Interruption } from './interruption.ts';
import type { RunReport } from './measure.ts';
import { type RunRequest, runTest } from './run-test.ts';

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
  const { problems } = await leaveReports(runReport(report.result), report.folder, {});
  for (const problem of problems) terminal.line(problem);
  return report;
}
