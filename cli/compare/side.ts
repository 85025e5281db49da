import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Excerpt, excerptOf } from '../../lib/core/comparison/index.ts';
import type { Result } from '../../lib/core/evidence/index.ts';
import { findRun } from '../results/find.ts';
import { loadResult } from '../results/load.ts';
import { resultFromJson } from '../results/schema.ts';
import { parsedOrNull } from '../support/json.ts';
import { RESULTS } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';
import { excerptFromK6Summary } from './k6-summary.ts';
import { findReference, REFERENCES_FOLDER, readReference, referenceFromJson, referencesIn } from './references.ts';

/** The folders in which to look up runs and references by name. */
export interface LookupFolders {
  results: string;
  references: string;
  /** The working directory of the user, from which relative paths are resolved. */
  cwd: string;
}

/**
 * Returns absolute paths of the lookup folders, with defaults. @param cwd the folder from which relative paths are
 * resolved
 */
export const lookupFolders = (
  { results = RESULTS, references = REFERENCES_FOLDER }: Partial<Omit<LookupFolders, 'cwd'>>,
  cwd: string,
): LookupFolders => ({
  results: path.resolve(cwd, results),
  references: path.resolve(cwd, references),
  cwd,
});

/**
 * Splits a comma-separated list of run names. @throws Problem if the list is empty, for example because a shell
 * variable is not set
 */
export function parseRunNames(text: string): string[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length === 0) throw new Problem(`"${text}" is not a run. Give one run, or several separated by commas.`);
  return names;
}

/**
 * Loads the runs of one side of a comparison.
 * @param names names of runs that `findRun` accepts, names of references, or files with a result, a reference or a k6
 *   summary
 * @param test the test whose reference to prefer if several tests have a reference of the same name
 * @throws Problem if a name is not found or a run is INVALID
 */
export async function loadSide(names: readonly string[], places: LookupFolders, test?: string): Promise<Excerpt[]> {
  const sides = await Promise.all(names.map((name) => loadNamed(name, places, test)));
  return sides.flat();
}

async function loadNamed(name: string, places: LookupFolders, test?: string): Promise<Excerpt[]> {
  const file = [places.cwd, places.results].map((folder) => path.resolve(folder, name)).find(existsSync);
  if (file && (await stat(file)).isFile()) return loadFile(file);
  const reference = await findReference(places.references, name, test);
  if (reference) return (await readReference(reference)).runs;
  const runPath = await findRun(name, places.results, places.cwd).catch((error) =>
    addReferences(error, places.references),
  );
  return [comparableExcerpt((await loadResult(runPath)).result)];
}

async function loadFile(file: string): Promise<Excerpt[]> {
  const document = parsedOrNull(await readFile(file, 'utf8')) as { runs?: unknown } | null;
  if (document?.runs) return referenceFromJson(document, file).runs;
  const summary = excerptFromK6Summary(document, file);
  return [summary ?? comparableExcerpt(await resultFromJson(document, file))];
}

/**
 * Returns the excerpt of a result for comparisons. @throws Problem if the run is INVALID, because its measurements
 * cannot be compared
 */
export function comparableExcerpt(result: Result): Excerpt {
  const { run, verdict } = result;
  if (verdict.decision === 'INVALID')
    throw new Problem(
      [
        `${run.product}/${run.test}/${run.id} is INVALID and cannot be compared:`,
        ...verdict.reasons.map((reason) => `  ${reason}`),
      ].join('\n'),
      'NOT_COMPARABLE',
    );
  return excerptOf(result);
}

async function addReferences(error: unknown, folder: string): Promise<never> {
  if (!(error instanceof Problem)) throw error;
  const references = await referencesIn(folder);
  const names = references.map(({ test, name }) => `  ${test}/${name}`);
  throw new Problem([error.message, ...(references.length > 0 ? ['References:', ...names] : [])].join('\n'));
}
