import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Result } from '../../lib/core/evidence/index.ts';
import { Problem } from '../support/problem.ts';
import { readResult, resultExists, runFilePath, writeResult } from './run-folder.ts';

export interface LoadedResult {
  result: Result;
  folder: string;
  /** True if the result was assembled now, from the files of a run whose runner died. */
  recovered: boolean;
}

/**
 * Loads the result of a run. If the runner died before it wrote a result, assembles the result from the files of the
 * run, and tries to write it to the run folder.
 * @param runPath the run folder or its `result.json`
 * @throws Problem if the run does not exist, is still in progress, or has a result that is not valid
 */
export async function loadResult(runPath: string): Promise<LoadedResult> {
  const stats = await stat(runPath).catch(() => null);
  if (!stats) throw new Problem(`${runPath} does not exist. Give a run folder or its result.json.`);
  if (stats.isFile()) return { result: await readResult(runPath), folder: path.dirname(runPath), recovered: false };
  if (resultExists(runPath))
    return { result: await readResult(runFilePath(runPath, 'result')), folder: runPath, recovered: false };

  // The module is imported only when needed, because the import is slow and few results have to be recovered.
  const { recoverResult } = await import('./recover.ts');
  const result = await recoverResult(runPath);
  await writeResult(runPath, result).catch((error) => {
    if (!(error instanceof Problem)) throw error;
  });
  return { result, folder: runPath, recovered: true };
}
