import { readVariable, type TestPlan } from '../../lib/core/definition/index.ts';
import { ensureK6 } from '../k6/index.ts';
import { Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';
import { buildTests } from './bundle.ts';
import { inspectTest } from './inspect.ts';

/**
 * The plans of these tests.
 * @throws Problem where one of them cannot be loaded
 */
export async function plansOf(
  tests: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<TestPlan[]> {
  const [k6] = await Promise.all([
    ensureK6({ env, log: (line) => terminal.line(line), signal }),
    buildTests(tests, readVariable('SEED', env)),
  ]).catch((error) => {
    throw signal.aborted ? new Problem('Interrupted before anything was run.', 'INTERRUPTED') : error;
  });
  const plans: TestPlan[] = [];
  for (const test of tests) plans.push(await inspectTest(k6.path, test, env));
  return plans;
}
