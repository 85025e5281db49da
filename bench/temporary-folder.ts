import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem } from '../cli/support/problem.ts';

/**
 * Runs a benchmark with a temporary folder. An error that the user can fix prints only its message and sets the exit
 * code of the process.
 */
export async function runInTemporaryFolder(name: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), `load-suite-${name}-`));
  // As root, PostgreSQL runs as a different user, which must be able to access the folder.
  chmodSync(folder, 0o755);
  try {
    await work(folder);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
