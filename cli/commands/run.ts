import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { Result } from '../../lib/core/result.ts';
import { RESULTS } from '../paths.ts';
import { EXIT } from '../problem.ts';
import { terminalReport } from '../report/terminal.ts';
import { watchSignals } from '../run/interruption.ts';
import { runTest } from '../run/run-test.ts';
import { openTerminal } from '../terminal.ts';

interface Options {
  timeScale?: string;
  vusScale?: string;
  seed?: string;
  label?: Record<string, string>;
  dashboard: boolean;
  allowProduction: boolean;
  results?: string;
}

const EXAMPLES = `
Examples:
  npm run test:peak                                  against the reference service, started and stopped for it
  npm run test:peak -- --time-scale 0.15             the same in about a minute
  npm run test:peak -- --dashboard                   with k6's dashboard, live and kept
  DB_POOL_MAX=20 npm run test:peak                   with a connection pool that is too small
  TEST_ENV=staging API_URL=https://api.staging.example.com \\
    ADMIN_TOKEN=… WEBHOOK_SECRET=… npm run test:peak against a deployment`;

export function runCommand(): Command {
  return new Command('run')
    .description('run a test and say whether the target holds')
    .argument('<test>', 'product/test as `list` shows them; without a product, one of booking')
    .option('--time-scale <factor>', 'factor on every duration (TIME_SCALE)')
    .option('--vus-scale <factor>', 'factor on every number of VUs (VUS_SCALE)')
    .option('--seed <number>', 'seed of data and order of requests (SEED)')
    .option(
      '--label <key=value>',
      'remark kept with the result; may be given several times',
      collectLabel,
      {},
    )
    .option(
      '--dashboard',
      "k6's web dashboard while it runs, and its export and recording beside the result",
      false,
    )
    .option('--allow-production', 'needed where TEST_ENV=production', false)
    .option('--results <folder>', 'where results go (default: results/ of this checkout)')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(test: string, options: Options): Promise<void> {
  using interruption = watchSignals();
  const { result, folder, unwritten } = await runTest(
    {
      test,
      labels: options.label ?? {},
      dashboard: options.dashboard,
      allowProduction: options.allowProduction,
      results: path.resolve(process.env.INIT_CWD ?? process.cwd(), options.results ?? RESULTS),
      env: withOptions(options),
    },
    interruption,
    openTerminal(),
  );
  process.stdout.write(terminalReport(result, path.relative(process.cwd(), folder) || folder));
  process.exitCode = exitCodeOf(result);
  if (!unwritten) return;
  process.stderr.write(`${unwritten.message}\n`);
  // To a script, a run that left no result must not look like one that went well.
  process.exitCode ||= unwritten.exitCode;
}

/** An option is another way to set its variable, and comes before it. */
function withOptions({ timeScale, vusScale, seed }: Options): NodeJS.ProcessEnv {
  const set = { TIME_SCALE: timeScale, VUS_SCALE: vusScale, SEED: seed };
  return {
    ...process.env,
    ...Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)),
  };
}

export function exitCodeOf({ run: { outcome }, verdict: { decision }, criteria }: Result): number {
  if (outcome === 'interrupted') return EXIT.interrupted;
  if (decision === 'INVALID' || decision === 'INCONCLUSIVE') return EXIT.undecided;
  return criteria.some(({ severity, status }) => severity === 'critical' && status === 'fail')
    ? EXIT.failed
    : EXIT.ok;
}

function collectLabel(text: string, labels: Record<string, string> = {}): Record<string, string> {
  const match = /^([A-Za-z][\w.-]*)=(.+)$/.exec(text);
  if (!match) throw new InvalidArgumentError('It takes key=value, such as instance=t3.medium.');
  return { ...labels, [match[1] as string]: match[2] as string };
}
