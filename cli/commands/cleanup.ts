import { Command } from 'commander';
import {
  type CleanUp,
  readVariable,
  type TestPlan,
  withProductDefaults,
} from '../../lib/core/definition/index.ts';
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
import { processEnvironment, whereTyped } from './environment.ts';
import { PRODUCT } from './names.ts';
import { type ResultsOption, resultsOf, withResultsOption } from './places.ts';

interface Options extends ResultsOption {
  run: string;
  allowProduction?: boolean;
}

const EXAMPLES = `
A run removes what it has created when it ends. This is for those that were killed, or ended with --keep-data: the
target and its environment are those of the run, and tokens come from the environment as for a run.

Examples:
  npm run cleanup -- --run 20261121T0607
  ADMIN_TOKEN=… npm run cleanup -- --run results/${PRODUCT}/peak/20261121T060742Z-3f9a2c`;

export function cleanupCommand(): Command {
  const command = new Command('cleanup')
    .description('remove what a run has created in its target')
    .requiredOption('--run <run>', 'its folder, its id or the beginning of it, product/test, or latest')
    .option('--allow-production', 'needed for a run against production');
  return withResultsOption(command).addHelpText('after', EXAMPLES).action(cleanup);
}

async function cleanup({ run: name, allowProduction = false, ...options }: Options): Promise<void> {
  using interruption = watchSignals();
  const folder = await findRun(name, resultsOf(options), whereTyped());
  const { plan, run, ownTarget } = await readRunStart(folder);
  // It refuses a run that still goes on, and makes the result of one that was killed.
  const { result } = await loadResult(folder);
  if (!result.cleanup) {
    process.stdout.write(`${run.product}/${run.test} creates nothing: there is nothing to remove.\n`);
    return;
  }
  if (ownTarget) {
    process.stdout.write(`What ${run.id} has created is ${REMOVED_WITH_DATABASE}.\n`);
    return;
  }
  if (!plan.cleanup)
    throw new Problem(`tests/${run.product}/product.ts does not say how what its tests create is removed.`);
  const env = environmentOf(run, plan, plan.cleanup, allowProduction);
  const removed = await removeRecords(plan.cleanup, run.id, env, interruption.stop).catch(
    (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      throw new Problem(
        `What ${run.id} has created in ${run.target} is not removed: ${error.message}`,
        error.code,
      );
    },
  );
  const figures: CleanUpFigures = {
    ...result.cleanup,
    removed: mergeCounts(result.cleanup.removed ?? {}, removed),
    note: null,
  };
  await writeResult(folder, { ...result, cleanup: figures });
  process.stdout.write(report(run, removed, figures));
}

/**
 * The environment of the run, with the credentials of this one.
 * @throws Problem where they do not fit together
 */
function environmentOf(
  { environment, target }: Pick<Run, 'environment' | 'target'>,
  { variables }: Pick<TestPlan, 'variables'>,
  cleanup: CleanUp,
  allowProduction: boolean,
): NodeJS.ProcessEnv {
  const { TEST_ENV, API_URL } = processEnvironment;
  if (TEST_ENV && TEST_ENV !== environment)
    throw new Problem(`The run was against ${environment}, but TEST_ENV is ${TEST_ENV}.`);
  const env = { ...processEnvironment, TEST_ENV: environment, API_URL: API_URL || target };
  if (readVariable('API_URL', env) !== target)
    throw new Problem(`The run was against ${target}, but API_URL is ${API_URL}.`);
  if (environment === 'production' && !allowProduction)
    throw new Problem('The run was against production: removing records there takes --allow-production.');
  assertDeclaredVariables(accessVariables(cleanup), env, variables);
  return withProductDefaults(env, variables);
}

function report({ id, target }: Pick<Run, 'id' | 'target'>, now: Counts, figures: CleanUpFigures): string {
  const left = remainingRecords(figures);
  return [
    `${id} in ${target}`,
    `  created  ${listed(figures.created)}`,
    `  removed  ${listed(now)}${totalCount(now) === totalCount(figures.removed ?? {}) ? '' : `, together with earlier ones ${listed(figures.removed ?? {})}`}`,
    ...(totalCount(left) > 0 ? [`  fewer than were created: ${listed(left)}`] : []),
    '',
  ].join('\n');
}

type Counts = Record<string, number>;

const listed = (counts: Counts): string =>
  Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ') || 'nothing';
