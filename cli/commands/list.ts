import { Command } from 'commander';
import type { TestPlan } from '../../lib/core/definition/index.ts';
import { formatDuration } from '../../lib/core/numbers/index.ts';
import { formatLimit } from '../report/format.ts';
import { listTests } from '../run/bundle.ts';
import { watchSignals } from '../run/interruption.ts';
import { loadPlans } from '../run/plans.ts';
import { EXIT } from '../support/problem.ts';
import { paint } from '../support/terminal.ts';
import { commandTerminal, processEnvironment } from './environment.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('list all tests with their workload and criteria')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  npm run suite -- list\n  npm run suite -- list --json | jq -r ".[].test"')
    .action(list);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  using interruption = watchSignals();
  const { plans, broken } = await loadPlans(
    await listTests(),
    processEnvironment,
    interruption.stop,
    commandTerminal(),
  );
  process.stdout.write(json ? `${JSON.stringify(plans, null, 1)}\n` : `${plans.map(describe).join('\n')}\n`);
  for (const { test, problem } of broken) process.stderr.write(`${test} is not listed. ${problem.message}\n`);
  if (broken.length > 0) process.exitCode = EXIT.usage;
}

function describe({ product, test, description, workload, criteria }: TestPlan): string {
  const { model, durationMs, peakVUs, phases } = workload;
  const limits = criteria.map((criterion) => `    ${criterion.title} ${formatLimit(criterion)}`);
  const phaseList = phases.map(({ name, startMs, endMs }) => `${name} ${formatDuration(endMs - startMs)}`).join(', ');
  return [
    `${paint('bold', `${product}/${test}`)}  ${description}`,
    `    ${model} model, ${peakVUs === 1 ? '1 VU' : `up to ${peakVUs} VUs`}, ${phases.length > 1 ? phaseList : `at most ${formatDuration(durationMs)}`}`,
    ...limits,
    '',
  ].join('\n');
}
