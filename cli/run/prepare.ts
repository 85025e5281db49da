import { readVariable, type TestPlan } from '../../lib/core/definition/index.ts';
import { ensureK6, type K6 } from '../k6/index.ts';
import { configuredProbes, withoutProbes } from '../probes/probe-kinds.ts';
import type { Terminal } from '../support/terminal.ts';
import { environmentFor } from '../support/variables.ts';
import { buildTests } from './bundle.ts';
import { inspectTest } from './inspect.ts';
import { startLocalTarget, startsOwnTarget } from './local-target.ts';
import type { Target } from './preflight.ts';
import type { Settings, TestSettings } from './run-settings.ts';
import { productOf } from './test-name.ts';

export interface LoadedTest {
  k6: K6;
  plan: TestPlan;
}

/**
 * Bundles a test and finds or installs k6 at the same time, and then reads the plan of the test.
 * @throws Problem if k6 cannot be found or installed, or the test cannot be loaded
 */
export async function loadTest(
  test: string,
  { env, seed }: TestSettings,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<LoadedTest> {
  const [k6] = await Promise.all([
    ensureK6({ env, log: (line) => terminal.line(line), ...(signal && { signal }) }),
    buildTests([test], seed),
  ]);
  return { k6, plan: await inspectTest(k6.path, test, withoutProbes(env)) };
}

export interface PreparedRun extends LoadedTest {
  target: Target;
  /** The environment of the run. Also contains the variables of a local target after the target has started. */
  settings: Settings;
}

/** Prepares the target, k6 and the bundled test at the same time, because the user waits for all of them. */
export async function prepare(
  test: string,
  settings: Settings,
  stop: AbortSignal,
  cleanup: AsyncDisposableStack,
  terminal: Terminal,
): Promise<PreparedRun> {
  const { environment, env } = settings;
  const abandoned = new AbortController();
  const signal = AbortSignal.any([stop, abandoned.signal]);
  const starting = startsOwnTarget(environment, env)
    ? startLocalTarget(productOf(test), env, signal)
    : Promise.resolve(null);
  cleanup.defer(async () => (await starting.catch(() => null))?.[Symbol.asyncDispose]());
  cleanup.defer(() => abandoned.abort());

  const [loaded, local] = await Promise.all([loadTest(test, settings, terminal, signal), starting]);
  const completeEnv = environmentFor(loaded.plan, { ...env, ...local?.variables });
  const url = readVariable('API_URL', completeEnv);
  const ownership = local ? { startedForRun: true, settings: local.settings } : { startedForRun: false };
  return {
    ...loaded,
    target: { environment, url, ...ownership, env: completeEnv },
    settings: { ...settings, env: completeEnv, probes: configuredProbes(completeEnv) },
  };
}
