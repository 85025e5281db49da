import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem } from '../cli/support/problem.ts';

/**
 * A benchmark with a folder of its own, which is gone afterwards. What a person can mend is one message, and the exit
 * code of the process.
 */
export async function inFolder(name: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), `load-suite-${name}-`));
  // As root, PostgreSQL runs as another user, who has to reach it.
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
