import { Command } from 'commander';
import { type CampaignTestResult, type CampaignVerdict, judgeCampaign } from '../../lib/core/across-runs/index.ts';
import { runCampaign } from '../campaign/run-campaign.ts';
import { resumeInstructions } from '../report/campaign/command-lines.ts';
import { campaignDocument } from '../report/campaign/index.ts';
import { campaignReport, finishedTestReport } from '../report/campaign/terminal.ts';
import { writeReports } from '../report/write-reports.ts';
import { listTests } from '../run/bundle.ts';
import { watchSignals } from '../run/interruption.ts';
import { mainProductOf } from '../run/test-name.ts';
import { shown } from '../support/paths.ts';
import { EXIT } from '../support/problem.ts';
import { EXAMPLE_PRODUCT, productArgument } from './arguments.ts';
import { commandTerminal, processEnvironment } from './environment.ts';
import { type LoadOptions, loadRequest, withLoadOptions } from './load-options.ts';
import { exitCodeOf } from './run.ts';

interface Options extends LoadOptions {
  resume?: boolean;
}

const EXAMPLES = `
Runs smoke, baseline, peak, spike, endurance, business-flow, and then the other tests of the product. If smoke is
not GO, the campaign ends after smoke. State and reports are written to <results>/<product>/campaigns/<id>. The exit
codes are those of \`run\`: 99 if any test exits with 99, otherwise 3 if any test or the campaign has no verdict.

Examples:
  npm run campaign                                   all tests of ${EXAMPLE_PRODUCT} against the reference service
  npm run campaign -- --time-scale 0.15              the same, shortened
  npm run campaign -- --time-scale 0.15 --resume     continue the latest interrupted campaign
  DB_POOL_MAX=20 npm run campaign                    with a connection pool that is too small
  TEST_ENV=staging API_URL=https://api.staging.example.com \\
    ADMIN_TOKEN=… WEBHOOK_SECRET=… npm run campaign -- --label release=2.4.0`;

export function campaignCommand(): Command {
  const command = new Command('campaign')
    .description('run all tests of a product in order and write a launch report')
    .argument(...productArgument('folder of the product'));
  return withLoadOptions(command)
    .option('--resume', 'continue the latest interrupted campaign of the product')
    .addHelpText('after', EXAMPLES)
    .action(campaign);
}

async function campaign(given: string | undefined, options: Options): Promise<void> {
  using interruption = watchSignals();
  const request = loadRequest(options);
  const product = given ?? mainProductOf(await listTests());
  const { campaign, tests, folder } = await runCampaign(
    { product, resume: options.resume ?? false, ...request },
    interruption,
    commandTerminal(),
    (result, index, { tests }) => process.stdout.write(finishedTestReport(result, index, tests.length)),
  );
  const { files, problems } = await writeReports(
    { document: () => campaignDocument(campaign, tests) },
    folder,
    processEnvironment,
  );
  process.stdout.write(campaignReport(campaign, tests, shown(folder), files));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (campaign.endedAt === null) process.stderr.write(`${resumeInstructions(campaign, request.results)}\n`);
  process.exitCode = exitCodeOfCampaign(tests, judgeCampaign(tests));
}

/**
 * Exit codes in order of precedence. A campaign without a verdict exits with `undecided`, even if every test has a
 * verdict.
 */
const EXIT_CODES_BY_SEVERITY = [EXIT.interrupted, EXIT.failed, EXIT.undecided];

export function exitCodeOfCampaign(
  tests: readonly CampaignTestResult[],
  { decision }: Pick<CampaignVerdict, 'decision'>,
): number {
  const codes = tests.flatMap(({ result }) => (result ? [exitCodeOf(result)] : []));
  const undecided = decision === 'INVALID' || decision === 'INCONCLUSIVE';
  return EXIT_CODES_BY_SEVERITY.find((code) => codes.includes(code)) ?? (undecided ? EXIT.undecided : EXIT.ok);
}
