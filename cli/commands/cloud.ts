import path from 'node:path';
import { Command } from 'commander';
import { type CloudTest, packForCloud } from '../remote/cloud/archive.ts';
import { runInCloud } from '../remote/cloud/run.ts';
import { CLOUD_VARIABLES } from '../remote/variables.ts';
import { alignColumns } from '../report/format.ts';
import { watchSignals } from '../run/interruption.ts';
import type { TestSettings } from '../run/run-settings.ts';
import { assertVariables } from '../support/variables.ts';
import { commandTerminal } from './environment.ts';
import { type ScaleOptions, scaledSettings, withScaleOptions } from './load-options.ts';
import { PRODUCT, TEST_ARGUMENT } from './names.ts';
import { assertAllowed } from './settings.ts';

interface Options extends ScaleOptions {
  allowProduction?: boolean;
}

const ON_SECRETS = `
The archive of a test is for everybody in the project to read, and holds no secret: those that a test needs are
environment variables of Grafana Cloud k6, under the same names. docs/guides/grafana-cloud.md says more.

Examples:`;
const TARGET = 'TEST_ENV=staging API_URL=https://api.staging.example.com';

export function cloudCommand(): Command {
  return new Command('cloud')
    .description('run a test in Grafana Cloud k6')
    .addCommand(
      subcommand('render', 'write what would be sent, and send nothing')
        .addHelpText('after', `${ON_SECRETS}\n  ${TARGET} npm run suite -- cloud render ${PRODUCT}/peak`)
        .action(render),
    )
    .addCommand(
      subcommand('run', "run it there, and end as k6's thresholds say")
        .addHelpText(
          'after',
          `${ON_SECRETS}\n  K6_CLOUD_TOKEN=… K6_CLOUD_STACK_ID=1234 K6_CLOUD_PROJECT_ID=5678 \\\n    ${TARGET} npm run suite -- cloud run ${PRODUCT}/peak`,
        )
        .action(run),
    )
    .addHelpText('after', '\nExamples:\n  npm run suite -- cloud render --help');
}

function subcommand(name: string, description: string): Command {
  const command = new Command(name).description(description).argument(...TEST_ARGUMENT);
  return withScaleOptions(command).option('--allow-production', 'needed where TEST_ENV=production');
}

async function render(test: string, options: Options): Promise<void> {
  const packed = await packForCloud({ test, settings: settingsFor(options) }, commandTerminal());
  process.stdout.write(described(packed));
}

async function run(test: string, options: Options): Promise<void> {
  using interruption = watchSignals();
  const settings = settingsFor(options);
  const { env } = settings;
  assertVariables(CLOUD_VARIABLES, env);
  const terminal = commandTerminal();
  const packed = await packForCloud({ test, settings }, terminal, interruption.stop);
  for (const line of described(packed).trimEnd().split('\n')) terminal.line(line);
  process.exitCode = await runInCloud(packed, env, interruption, (line) => process.stdout.write(`${line}\n`));
}

function settingsFor({ allowProduction = false, ...scale }: Options): TestSettings {
  const settings = scaledSettings(scale);
  assertAllowed(settings.environment, allowProduction);
  return settings;
}

function described({ plan, file, bytes, variables, secrets }: CloudTest): string {
  const { product, test, workload, criteria, cleanup } = plan;
  const removal =
    cleanup?.through === 'api'
      ? [
          [
            'clean-up',
            `what it creates is removed by DELETE ${cleanup.path.replace(':run', variables.RUN_ID ?? '')}`,
          ],
        ]
      : [];
  const rows = [
    [
      'test',
      `${product}/${test}: ${workload.peakVUs} VUs, ${workload.durationMs / 1000} s, ${criteria.length} criteria`,
    ],
    ['archive', `${path.relative(process.cwd(), file)} (${Math.ceil(bytes / 1024)} kB)`],
    ...Object.entries(variables).map(([name, value]) => [`  ${name}`, value]),
    ['secrets', secrets.length > 0 ? `${secrets.join(', ')}: to be set in Grafana Cloud k6` : 'none'],
    ...removal,
  ];
  return `${alignColumns(rows, 2).join('\n')}\n`;
}
