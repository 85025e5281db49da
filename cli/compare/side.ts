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
import {
  findReference,
  REFERENCES_FOLDER,
  readReference,
  referenceFromJson,
  referencesIn,
} from './references.ts';

/** Where names are looked for. */
export interface LookupFolders {
  results: string;
  references: string;
  /** What a path is relative to. */
  cwd: string;
}

/** @param cwd what the folders are relative to as well */
export const lookupFolders = (
  { results = RESULTS, references = REFERENCES_FOLDER }: Partial<Omit<LookupFolders, 'cwd'>>,
  cwd: string,
): LookupFolders => ({
  results: path.resolve(cwd, results),
  references: path.resolve(cwd, references),
  cwd,
});

/** Several have commas between. @throws Problem where there is none, as of a variable of a script that is not set */
export function parseRunNames(text: string): string[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length === 0)
    throw new Problem(`"${text}" names no run. It takes one, or several with commas between.`);
  return names;
}

/**
 * The runs that a person names, as they are compared: a run as `findRun` takes it, a reference by its name, or a
 * file with a result, a reference or a summary of k6.
 * @param test the one whose reference is meant, where several have one of this name
 * @throws Problem where there is none of the name, or nothing can be concluded from it
 */
export async function loadSide(
  names: readonly string[],
  places: LookupFolders,
  test?: string,
): Promise<Excerpt[]> {
  const sides = await Promise.all(names.map((name) => loadOne(name, places, test)));
  return sides.flat();
}

async function loadOne(name: string, places: LookupFolders, test?: string): Promise<Excerpt[]> {
  const file = [places.cwd, places.results].map((folder) => path.resolve(folder, name)).find(existsSync);
  if (file && (await stat(file)).isFile()) return readFileOf(file);
  const reference = await findReference(places.references, name, test);
  if (reference) return (await readReference(reference)).runs;
  const place = await findRun(name, places.results, places.cwd).catch((error) =>
    withReferences(error, places.references),
  );
  return [comparableExcerpt((await loadResult(place)).result)];
}

async function readFileOf(file: string): Promise<Excerpt[]> {
  const document = parsedOrNull(await readFile(file, 'utf8')) as { runs?: unknown } | null;
  if (document?.runs) return referenceFromJson(document, file).runs;
  const summary = excerptFromK6Summary(document, file);
  return [summary ?? comparableExcerpt(await resultFromJson(document, file))];
}

/** @throws Problem where the run supports no verdict: it supports no comparison either */
export function comparableExcerpt(result: Result): Excerpt {
  const { run, verdict } = result;
  if (verdict.decision === 'INVALID')
    throw new Problem(
      [
        `${run.product}/${run.test}/${run.id} is INVALID, and nothing can be concluded from it:`,
        ...verdict.reasons.map((reason) => `  ${reason}`),
      ].join('\n'),
      'NOT_COMPARABLE',
    );
  return excerptOf(result);
}

async function withReferences(error: unknown, folder: string): Promise<never> {
  if (!(error instanceof Problem)) throw error;
  const kept = await referencesIn(folder);
  const names = kept.map(({ test, name }) => `  ${test}/${name}`);
  throw new Problem([error.message, ...(kept.length > 0 ? ['References:', ...names] : [])].join('\n'));
}
