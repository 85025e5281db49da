import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { installedTarget, type ReadyTarget, STANDALONE_PORTS, type TargetReport } from '../run/local-target.ts';
import { EXIT } from '../support/problem.ts';
import { EXAMPLE_PRODUCT } from './arguments.ts';
import { processEnvironment } from './environment.ts';

const EXAMPLES = `
Environment variables such as DB_POOL_MAX configure the service. docs/reference/variables.md lists all variables.

Examples:
  npm run target                               on port 4010, the default of \`k6 run dist/${EXAMPLE_PRODUCT}/peak.js\`
  npm run target -- --product ${EXAMPLE_PRODUCT}          as this product
  PORT=0 npm run target                        on a free port
  TARGET_MODE=cluster npm run target           as two processes under PM2
  TARGET_FAULTS=slow-ai:3000 npm run target    with a fault switched on`;

export function targetCommand(): Command {
  return new Command('target')
    .description('start the reference service alone, until Ctrl-C')
    .option('--product <name>', 'product of the service (TARGET_PRODUCT)')
    .addHelpText('after', EXAMPLES)
    .action(start);
}

async function start({ product }: { product?: string }): Promise<void> {
  const main = await installedTarget(processEnvironment);
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...STANDALONE_PORTS, ...processEnvironment, ...(product && { TARGET_PRODUCT: product }) },
  });
  const { stdout } = child;
  if (stdout)
    createInterface({ input: stdout }).once('line', (line) => {
      const report = JSON.parse(line) as TargetReport;
      if (report.ready) process.stdout.write(announcement(report));
      else process.stderr.write(`The reference service did not start: ${report.error}\n`);
    });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.exitCode = code === 0 ? EXIT.ok : EXIT.usage;
      resolve();
    });
  });
}

function announcement({ url, controlUrl, metricsUrl = `${url}/metrics` }: ReadyTarget): string {
  return [
    `Reference service: ${url}   metrics: ${metricsUrl}   faults: ${controlUrl}/faults`,
    `Test it with:      API_URL=${url} npm run test:peak`,
    'Press Ctrl-C to stop it.',
    '',
  ].join('\n');
}
