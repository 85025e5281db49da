import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem } from '../cli/support/problem.ts';

/**
 * Creates a temporary folder and runs a benchmark with it. If the benchmark throws an error that the user can fix,
 * prints only the message and sets the exit code of the process.
 */
export async function runInTemporaryFolder(name: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), `load-suite-${name}-`));
  // If root starts PostgreSQL, it runs as a different user, who must be able to access the folder.
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
