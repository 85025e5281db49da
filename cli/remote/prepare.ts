import { readVariable, type TestPlan } from '../../lib/core/definition/index.ts';
import { indivisible } from '../../lib/core/telemetry/index.ts';
import { ensureK6, type K6 } from '../k6/index.ts';
import { withoutProbes } from '../probes/table.ts';
import { buildTests, listTests } from '../run/bundle.ts';
import { inspectTest } from '../run/inspect.ts';
import { resolveTest } from '../run/test-name.ts';
import { Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';

export interface PreparedTest {
  test: string;
  k6: K6;
  plan: TestPlan;
}

/**
 * Bundles a test and asks k6 what it is.
 * @throws Problem where there is no such test, it can't be divided, or there is no target for a cluster
 */
export async function prepareTest(
  given: string,
  parallelism: number,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<PreparedTest> {
  const test = resolveTest(given, await listTests());
  if (!env.API_URL)
    throw new Problem(
      'API_URL is not set: elsewhere than on this machine there is no reference service to put load on.',
    );
  const [k6] = await Promise.all([
    ensureK6({ env, log: (line) => terminal.line(line), ...(signal && { signal }) }),
    buildTests([test], readVariable('SEED', env)),
  ]);
  const plan = await inspectTest(k6.path, test, withoutProbes(env));
  const reason = parallelism > 1 ? indivisible(plan, parallelism) : null;
  if (reason) throw new Problem(reason);
  return { test, k6, plan };
}
