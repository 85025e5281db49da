import { Command } from 'commander';
import { type CleanUp, readVariable, type TestPlan, withProductDefaults } from '../../lib/core/definition/index.ts';
import {
  type CleanUpFigures,
  mergeCounts,
  type Run,
  remainingRecords,
  totalCount,
} from '../../lib/core/evidence/index.ts';
import { accessVariables } from '../records/record-access.ts';
import { removeRecords } from '../records/remove-records.ts';
import { REMOVED_WITH_DATABASE } from '../records/settle-records.ts';
import { findRun } from '../results/find.ts';
import { loadResult } from '../results/load.ts';
import { readRunStart, writeResult } from '../results/run-folder.ts';
import { watchSignals } from '../run/interruption.ts';
import { Problem } from '../support/problem.ts';
import { assertDeclaredVariables } from '../support/variables.ts';
import { EXAMPLE_PRODUCT } from './arguments.ts';
import { processEnvironment, userFolder } from './environment.ts';
import { type ResultsOption, resultsOf, withResultsOption } from './folder-options.ts';

interface Options extends ResultsOption {
  run: string;
  allowProduction?: boolean;
}

const EXAMPLES = `
A run removes its records when it ends. Use this command for runs that were killed or used --keep-data. The command
uses the target of the run. Set tokens in the environment, as for a run.

Examples:
  npm run cleanup -- --run 20261121T0607
  ADMIN_TOKEN=… npm run cleanup -- --run results/${EXAMPLE_PRODUCT}/peak/20261121T060742Z-3f9a2c`;

export function cleanupCommand(): Command {
  const command = new Command('cleanup')
    .description('remove the records that a run created in its target')
    .requiredOption('--run <run>', 'run folder, run ID or its beginning, product/test, or latest')
    .option('--allow-production', 'required for runs against production');
  return withResultsOption(command).addHelpText('after', EXAMPLES).action(cleanup);
}

async function cleanup({ run: name, allowProduction = false, ...options }: Options): Promise<void> {
  using interruption = watchSignals();
  const folder = await findRun(name, resultsOf(options), userFolder());
  const { plan, run, ownTarget } = await readRunStart(folder);
  // `loadResult` throws if the run is still in progress, and assembles the result if the run was killed.
  const { result } = await loadResult(folder);
  if (!result.cleanup) {
    process.stdout.write(`${run.product}/${run.test} creates no records, so there is nothing to remove.\n`);
    return;
  }
  if (ownTarget) {
    process.stdout.write(`The records of ${run.id} were ${REMOVED_WITH_DATABASE}.\n`);
    return;
  }
  if (!plan.cleanup)
    throw new Problem(
      `tests/${run.product}/product.ts does not declare how to remove records. Add "cleanup" to the product.`,
    );
  const env = cleanupEnvironment(run, plan, plan.cleanup, allowProduction);
  const removed = await removeRecords(plan.cleanup, run.id, env, interruption.stop).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(`The records of ${run.id} in ${run.target} were not removed: ${error.message}`, error.code);
  });
  const figures: CleanUpFigures = {
    ...result.cleanup,
    removed: mergeCounts(result.cleanup.removed ?? {}, removed),
    note: null,
  };
  await writeResult(folder, { ...result, cleanup: figures });
  process.stdout.write(report(run, removed, figures));
}

/**
 * Returns the TEST_ENV and API_URL of the run, together with the credentials in the environment of this process.
 * @throws Problem if TEST_ENV or API_URL of this process differs from the run, or a credential is missing
 */
function cleanupEnvironment(
  { environment, target }: Pick<Run, 'environment' | 'target'>,
  { variables }: Pick<TestPlan, 'variables'>,
  cleanup: CleanUp,
  allowProduction: boolean,
): NodeJS.ProcessEnv {
  const { TEST_ENV, API_URL } = processEnvironment;
  if (TEST_ENV && TEST_ENV !== environment)
    throw new Problem(
      `The run used TEST_ENV=${environment}, but TEST_ENV is ${TEST_ENV}. Unset TEST_ENV, or set it to ${environment}.`,
    );
  const env = { ...processEnvironment, TEST_ENV: environment, API_URL: API_URL || target };
  if (readVariable('API_URL', env) !== target)
    throw new Problem(`The run used ${target}, but API_URL is ${API_URL}. Unset API_URL, or set it to ${target}.`);
  if (environment === 'production' && !allowProduction)
    throw new Problem('The run was against production. Add --allow-production to remove its records there.');
  assertDeclaredVariables(accessVariables(cleanup), env, variables);
  return withProductDefaults(env, variables);
}

function report({ id, target }: Pick<Run, 'id' | 'target'>, now: Counts, figures: CleanUpFigures): string {
  const left = remainingRecords(figures);
  return [
    `${id} in ${target}`,
    `  created  ${countsText(figures.created)}`,
    `  removed  ${countsText(now)}${totalCount(now) === totalCount(figures.removed ?? {}) ? '' : `, in total ${countsText(figures.removed ?? {})}`}`,
    ...(totalCount(left) > 0 ? [`  remaining  ${countsText(left)}`] : []),
    '',
  ].join('\n');
}

type Counts = Record<string, number>;

const countsText = (counts: Counts): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ') || 'nothing';
