import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Result } from '../../lib/core/evidence/index.ts';
import { Problem } from '../support/problem.ts';
import { readResult, resultExists, runFilePath, writeResult } from './run-folder.ts';

export interface LoadedResult {
  result: Result;
  folder: string;
  /** Made now, from what a run left behind that never came to its end. */
  recovered: boolean;
}

/**
 * The result of a run, from its folder or its `result.json`. Of a run whose runner died it is made from the files,
 * and kept beside them where that can be written.
 * @throws Problem where there is no run, where it still goes on, or where its result is not valid
 */
export async function loadResult(place: string): Promise<LoadedResult> {
  const found = await stat(place).catch(() => null);
  if (!found)
    throw new Problem(`There is no ${place}. It takes the folder of a run, or the result.json of one.`);
  if (found.isFile())
    return { result: await readResult(place), folder: path.dirname(place), recovered: false };
  if (resultExists(place))
    return { result: await readResult(runFilePath(place, 'result')), folder: place, recovered: false };

  // Few results have to be made again, and what makes them takes time to load.
  const { recoverResult } = await import('./recover.ts');
  const result = await recoverResult(place);
  await writeResult(place, result).catch((error) => {
    if (!(error instanceof Problem)) throw error;
  });
  return { result, folder: place, recovered: true };
}
