import { readVariable, type TestPlan } from '../../lib/core/definition/index.ts';
import { ensureK6 } from '../k6/index.ts';
import { Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';
import { buildEach } from './bundle.ts';
import { inspectTest } from './inspect.ts';

export interface Plans {
  plans: TestPlan[];
  /** The tests that cannot be loaded, each with the reason. */
  broken: { test: string; problem: Problem }[];
}

/** Loads the plans of several tests. */
export async function loadPlans(
  tests: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<Plans> {
  const [k6, unbuilt] = await Promise.all([
    ensureK6({ env, log: (line) => terminal.line(line), signal }),
    buildEach(tests, readVariable('SEED', env)),
  ]).catch((error) => {
    throw signal.aborted ? new Problem('Interrupted before anything ran.', 'INTERRUPTED') : error;
  });
  const plans: TestPlan[] = [];
  const broken: Plans['broken'] = [];
  for (const test of tests) {
    try {
      const problem = unbuilt.get(test);
      if (problem) throw problem;
      plans.push(await inspectTest(k6.path, test, env));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      broken.push({ test, problem });
    }
  }
  return { plans, broken };
}

/**
 * Loads the plans of several tests.
 * @throws Problem that lists the reason for each test that cannot be loaded
 */
export async function plansOf(...args: Parameters<typeof loadPlans>): Promise<TestPlan[]> {
  const { plans, broken } = await loadPlans(...args);
  if (broken.length > 0) throw new Problem(broken.map(({ problem }) => problem.message).join('\n'));
  return plans;
}
