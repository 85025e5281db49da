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
 * Bundles a test for generators on other machines, and reads the plan of the test.
 * @throws Problem if the test does not exist or cannot be divided, or if API_URL is not set
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
      'API_URL is not set. It is required here, because the reference service only runs on this machine.',
    );
  const loaded = await loadTest(test, settings, terminal, signal);
  divide(loaded.plan, parallelism);
  return { test, ...loaded };
}
