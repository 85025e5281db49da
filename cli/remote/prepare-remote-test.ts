import { listTests } from '../run/bundle.ts';
import { divide } from '../run/division.ts';
import { type LoadedTest, loadTest } from '../run/prepare.ts';
import type { TestSettings } from '../run/run-settings.ts';
import { resolveTest } from '../run/test-name.ts';
import { Problem } from '../support/problem.ts';
import type { Terminal } from '../support/terminal.ts';

export interface PreparedTest extends LoadedTest {
  test: string;
}

/**
 * Bundles a test and asks k6 what it is.
 * @throws Problem where there is no such test, it can't be divided, or there is no target for a cluster
 */
export async function prepareTest(
  given: string,
  parallelism: number,
  settings: TestSettings,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<PreparedTest> {
  const test = resolveTest(given, await listTests());
  if (settings.apiUrl === null)
    throw new Problem(
      'API_URL is not set: elsewhere than on this machine there is no reference service to put load on.',
    );
  const loaded = await loadTest(test, settings, terminal, signal);
  divide(loaded.plan, parallelism);
  return { test, ...loaded };
}
