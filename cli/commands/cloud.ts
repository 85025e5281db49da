import path from 'node:path';
import { Command } from 'commander';
import { type CloudTest, packForCloud } from '../remote/cloud/archive.ts';
import { runInCloud } from '../remote/cloud/run.ts';
import { CLOUD_VARIABLES } from '../remote/variables.ts';
import { alignColumns } from '../report/format.ts';
import { watchSignals } from '../run/interruption.ts';
import type { TestSettings } from '../run/run-settings.ts';
import { assertVariables } from '../support/variables.ts';
import { EXAMPLE_PRODUCT, TEST_ARGUMENT } from './arguments.ts';
import { commandTerminal } from './environment.ts';
import { type ScaleOptions, scaledSettings, withScaleOptions } from './load-options.ts';
import { assertAllowed } from './settings.ts';

interface Options extends ScaleOptions {
  allowProduction?: boolean;
}

const SECRETS_NOTE = `
Everybody in the project can read the archive of a test, so it contains no secrets. Define the secrets of the test as
environment variables of Grafana Cloud k6 with the same names. See docs/guides/grafana-cloud.md.

Examples:`;
const TARGET = 'TEST_ENV=staging API_URL=https://api.staging.example.com';

export function cloudCommand(): Command {
  return new Command('cloud')
    .description('run a test in Grafana Cloud k6')
    .addCommand(
      subcommand('render', 'write the archive without sending it')
        .addHelpText('after', `${SECRETS_NOTE}\n  ${TARGET} npm run suite -- cloud render ${EXAMPLE_PRODUCT}/peak`)
        .action(render),
    )
    .addCommand(
      subcommand('run', "run a test in Grafana Cloud k6; k6's thresholds determine the exit code")
        .addHelpText(
          'after',
          `${SECRETS_NOTE}\n  K6_CLOUD_TOKEN=… K6_CLOUD_STACK_ID=1234 K6_CLOUD_PROJECT_ID=5678 \\\n    ${TARGET} npm run suite -- cloud run ${EXAMPLE_PRODUCT}/peak`,
        )
        .action(run),
    )
    .addHelpText('after', '\nExamples:\n  npm run suite -- cloud render --help');
}

function subcommand(name: string, description: string): Command {
  const command = new Command(name).description(description).argument(...TEST_ARGUMENT);
  return withScaleOptions(command).option('--allow-production', 'required with TEST_ENV=production');
}

async function render(test: string, options: Options): Promise<void> {
  const packed = await packForCloud({ test, settings: settingsFor(options) }, commandTerminal());
  process.stdout.write(descriptionOf(packed));
}

async function run(test: string, options: Options): Promise<void> {
  using interruption = watchSignals();
  const settings = settingsFor(options);
  const { env } = settings;
  assertVariables(CLOUD_VARIABLES, env);
  const terminal = commandTerminal();
  const packed = await packForCloud({ test, settings }, terminal, interruption.stop);
  for (const line of descriptionOf(packed).trimEnd().split('\n')) terminal.line(line);
  process.exitCode = await runInCloud(packed, env, interruption, (line) => process.stdout.write(`${line}\n`));
}

function settingsFor({ allowProduction = false, ...scale }: Options): TestSettings {
  const settings = scaledSettings(scale);
  assertAllowed(settings.environment, allowProduction);
  return settings;
}

function descriptionOf({ plan, file, bytes, variables, secrets }: CloudTest): string {
  const { product, test, workload, criteria, cleanup } = plan;
  const removal =
    cleanup?.through === 'api'
      ? [['clean-up', `remove its records with DELETE ${cleanup.path.replace(':run', variables.RUN_ID ?? '')}`]]
      : [];
  const rows = [
    [
      'test',
      `${product}/${test}: ${workload.peakVUs} VUs, ${workload.durationMs / 1000} s, ${criteria.length} criteria`,
    ],
    ['archive', `${path.relative(process.cwd(), file)} (${Math.ceil(bytes / 1024)} kB)`],
    ...Object.entries(variables).map(([name, value]) => [`  ${name}`, value]),
    ['secrets', secrets.length > 0 ? `${secrets.join(', ')}: define them in Grafana Cloud k6` : 'none'],
    ...removal,
  ];
  return `${alignColumns(rows, 2).join('\n')}\n`;
}
