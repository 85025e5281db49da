import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { PLAN_VERSION, type TestPlan } from '../../lib/core/definition/index.ts';
import { DIST } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';
import { errorOf } from './k6-log.ts';

const run = promisify(execFile);

export const bundlePath = (test: string): string => path.join(DIST, `${test}.js`);
/** The edition that only says what the test is: it loads no rows. */
const descriptionPath = (test: string): string => path.join(DIST, `${test}.description.js`);

/**
 * Has k6 load a bundled test without running it. What a test is depends on no credential, so none is handed over:
 * with the environment local there are stand-ins for all of them.
 */
async function load(
  k6: string,
  test: string,
  bundle: string,
  env: NodeJS.ProcessEnv,
  args: string[],
): Promise<string> {
  const { PATH, TIME_SCALE, VUS_SCALE, SEED } = env;
  const settings = { PATH, TIME_SCALE, VUS_SCALE, SEED, TEST_ENV: 'local', K6_LOG_FORMAT: 'json' };
  const { stdout } = await run(k6, [...args, bundle], {
    env: settings as NodeJS.ProcessEnv,
    maxBuffer: 16 * 1024 * 1024,
  }).catch((error: { stderr?: string; message: string }) => {
    throw new Problem(`k6 cannot load ${test}: ${errorOf(error.stderr ?? '') ?? error.message}`);
  });
  return stdout;
}

/**
 * Packs a bundled test and all that it opens into one file, which k6 runs elsewhere.
 * @param variables packed too, in plain sight
 * @throws Problem where k6 cannot load the test
 */
export async function archiveTest(
  k6: string,
  test: string,
  env: NodeJS.ProcessEnv,
  file: string,
  variables?: Record<string, string>,
): Promise<void> {
  const given = variables
    ? Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`])
    : ['--include-system-env-vars', '--exclude-env-vars'];
  await load(k6, test, bundlePath(test), env, ['archive', ...given, '--archive-out', file]);
}

/**
 * Asks k6 for the options of a bundled test, and takes the test's plan out of them.
 * @throws Problem where k6 cannot load the test, or the test has no plan
 */
export async function inspectTest(k6: string, test: string, env: NodeJS.ProcessEnv): Promise<TestPlan> {
  const options = await load(k6, test, descriptionPath(test), env, ['inspect', '--include-system-env-vars']);
  const plan = (JSON.parse(options) as { ext?: { suite?: TestPlan } | null }).ext?.suite;
  if (plan?.version !== PLAN_VERSION)
    throw new Problem(
      `${test} has no plan of version ${PLAN_VERSION}: it must export what defineTest returns.`,
    );
  const named = `${plan.product}/${plan.test}`;
  if (named !== test)
    throw new Problem(`tests/${test}.ts calls itself ${named}: product and test must be named as the file.`);
  return plan;
}
