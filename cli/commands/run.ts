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
import { commandTerminal, processEnvironment } from './environment.ts';
import { type LoadOptions, loadRequest, withLoadOptions } from './load-options.ts';
import { TEST_ARGUMENT } from './names.ts';

interface Options extends LoadOptions {
  dashboard?: boolean;
}

const EXAMPLES = `
It ends with 0 where no critical criterion fails, 99 where one does, 3 where the run supports no verdict, and 2 where
nothing was measured.

Examples:
  npm run test:peak                                  against the reference service, started and stopped for it
  npm run test:peak -- --time-scale 0.15             the same in about a minute
  npm run test:peak -- --generators 4                the same load from four k6 processes, one verdict
  npm run test:peak -- --dashboard                   with k6's dashboard, live and kept
  DB_POOL_MAX=20 npm run test:peak                   with a connection pool that is too small
  TEST_ENV=staging API_URL=https://api.staging.example.com \\
    ADMIN_TOKEN=… WEBHOOK_SECRET=… npm run test:peak     against a deployment`;

export function runCommand(): Command {
  const command = new Command('run')
    .description('run a test and say whether the target holds')
    .argument(...TEST_ARGUMENT);
  return withLoadOptions(command)
    .option('--dashboard', "k6's web dashboard while it runs, and its export and recording beside the result")
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(test: string, options: Options): Promise<void> {
  using interruption = watchSignals();
  const dashboard = options.dashboard ?? false;
  await tellOf(await runTest({ test, dashboard, ...loadRequest(options) }, interruption, commandTerminal()));
}

/** Leaves the reports of a run that has ended, and the exit code that follows from it. */
export async function tellOf({ result, folder, writeProblem: unwritten }: RunReport): Promise<void> {
  const { files, problems } = await writeReports(runReportSource(result), folder, processEnvironment);
  process.stdout.write(terminalReport(result, shown(folder), files));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = exitCodeOf(result);
  if (!unwritten) return;
  process.stderr.write(`${unwritten.message}\n`);
  // To a script, a run that left no result must not look like one that went well.
  process.exitCode ||= unwritten.exitCode;
}

export function exitCodeOf({ run: { outcome }, verdict: { decision }, criteria }: Result): number {
  if (outcome === 'interrupted') return EXIT.interrupted;
  if (decision === 'INVALID' || decision === 'INCONCLUSIVE') return EXIT.undecided;
  return criteria.some(({ severity, status }) => severity === 'critical' && status === 'fail')
    ? EXIT.failed
    : EXIT.ok;
}
