import { Command } from 'commander';
import type { Result } from '../../lib/core/evidence/index.ts';
import { runReportSource } from '../report/run-document.ts';
import { terminalReport } from '../report/terminal.ts';
import { writeReports } from '../report/write-reports.ts';
import { watchSignals } from '../run/interruption.ts';
import type { RunReport } from '../run/measure.ts';
import { runTest } from '../run/run-test.ts';
import { shown } from '../support/paths.ts';
import { EXIT } from '../support/problem.ts';
import { TEST_ARGUMENT } from './arguments.ts';
import { commandTerminal, processEnvironment } from './environment.ts';
import { type LoadOptions, loadRequest, withLoadOptions } from './load-options.ts';

interface Options extends LoadOptions {
  dashboard?: boolean;
}

const EXAMPLES = `
The exit code is 0 if no critical criterion fails, 99 if one fails, 3 if the run supports no verdict, and 2 if nothing was
measured.

Examples:
  npm run test:peak                                  against the reference service, which is started for the run
  npm run test:peak -- --time-scale 0.15             the same in about a minute
  npm run test:peak -- --generators 4                the same load from four k6 processes
  npm run test:peak -- --dashboard                   with k6's dashboard
  DB_POOL_MAX=20 npm run test:peak                   with a connection pool that is too small
  TEST_ENV=staging API_URL=https://api.staging.example.com \\
    ADMIN_TOKEN=… WEBHOOK_SECRET=… npm run test:peak     against a deployment`;

export function runCommand(): Command {
  const command = new Command('run')
    .description('run a test and judge whether the target holds')
    .argument(...TEST_ARGUMENT);
  return withLoadOptions(command)
    .option('--dashboard', "show k6's web dashboard, and keep its export and recording beside the result")
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(test: string, options: Options): Promise<void> {
  using interruption = watchSignals();
  const dashboard = options.dashboard ?? false;
  await presentRun(await runTest({ test, dashboard, ...loadRequest(options) }, interruption, commandTerminal()));
}

/** Prints a run that has ended, writes its reports and sets the exit code. */
export async function presentRun({ result, folder, writeProblem: unwritten }: RunReport): Promise<void> {
  const { files, problems } = await writeReports(runReportSource(result), folder, processEnvironment);
  process.stdout.write(terminalReport(result, shown(folder), files));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = exitCodeOf(result);
  if (!unwritten) return;
  process.stderr.write(`${unwritten.message}\n`);
  // If the result could not be written, the exit code must not be 0, because scripts would expect a result.
  process.exitCode ||= unwritten.exitCode;
}

export function exitCodeOf({ run: { outcome }, verdict: { decision }, criteria }: Result): number {
  if (outcome === 'interrupted') return EXIT.interrupted;
  if (decision === 'INVALID' || decision === 'INCONCLUSIVE') return EXIT.undecided;
  return criteria.some(({ severity, status }) => severity === 'critical' && status === 'fail') ? EXIT.failed : EXIT.ok;
}
