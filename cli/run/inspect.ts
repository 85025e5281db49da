import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { PLAN_VERSION, type TestPlan } from '../../lib/core/definition/index.ts';
import { DIST } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';
import { lastErrorIn } from './k6-log.ts';

const run = promisify(execFile);

export const bundlePath = (test: string): string => path.join(DIST, `${test}.js`);
/** Returns the path of a smaller bundle, which describes the test but does not load its data. */
const descriptionPath = (test: string): string => path.join(DIST, `${test}.description.js`);

/**
 * Loads a bundled test in k6 without running the test. Passes no credentials to k6, because TEST_ENV=local provides
 * default values, and the plan of a test does not depend on credentials.
 */
async function loadInK6(
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
    throw new Problem(`k6 cannot load ${test}: ${lastErrorIn(error.stderr ?? '') ?? error.message}`);
  });
  return stdout;
}

/**
 * Packs a bundled test and its files into one archive for k6 on another machine.
 * @param variables environment variables to pack; anyone with the archive can read them
 * @throws Problem if k6 cannot load the test
 */
export async function archiveTest(
  k6: string,
  test: string,
  env: NodeJS.ProcessEnv,
  file: string,
  variables?: Record<string, string>,
): Promise<void> {
  const variableOptions = variables
    ? Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`])
    : ['--include-system-env-vars', '--exclude-env-vars'];
  await loadInK6(k6, test, bundlePath(test), env, ['archive', ...variableOptions, '--archive-out', file]);
}

/**
 * Reads the plan of a bundled test from the options that k6 reports.
 * @throws Problem if k6 cannot load the test, or the test has no plan
 */
export async function inspectTest(k6: string, test: string, env: NodeJS.ProcessEnv): Promise<TestPlan> {
  const options = await loadInK6(k6, test, descriptionPath(test), env, ['inspect', '--include-system-env-vars']);
  const plan = (JSON.parse(options) as { ext?: { suite?: TestPlan } | null }).ext?.suite;
  if (plan?.version !== PLAN_VERSION)
    throw new Problem(`${test} has no plan of version ${PLAN_VERSION}. A test must export what defineTest returns.`);
  const named = `${plan.product}/${plan.test}`;
  if (named !== test)
    throw new Problem(
      `tests/${test}.ts defines the test ${named}, but product and test must match the folder and file name.`,
    );
  return plan;
}
