import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  MAX_REFERENCE_BYTES,
  REFERENCE_VERSION,
  type Reference,
  referenceText,
} from '../../lib/core/comparison/index.ts';
import schema from '../../lib/core/schemas/reference.schema.json' with { type: 'json' };
import { writeFileAtomically } from '../results/run-folder.ts';
import { jsonRoundTrip, validator } from '../results/validator.ts';
import { parsedOrNull } from '../support/json.ts';
import { RESULTS } from '../support/paths.ts';
import { Problem } from '../support/problem.ts';

/** Where a team keeps what it compares with, and commits it. */
export const REFERENCES_FOLDER = path.join(RESULTS, 'references');

const validate = validator(schema, 'reference');

/**
 * Keeps a reference in `<folder>/<product>/<test>/<name>.json`; one of the same name is replaced.
 * @throws Problem where it is too large to be committed, or cannot be written
 */
export async function writeReference(
  folder: string,
  reference: Reference,
): Promise<{ file: string; bytes: number }> {
  const text = referenceText(reference);
  if (text.length > MAX_REFERENCE_BYTES)
    throw new Problem(
      `The reference would have ${text.length} bytes, and may have ${MAX_REFERENCE_BYTES}: the run has too many endpoints.`,
    );
  validate(jsonRoundTrip(reference));
  const file = path.join(folder, reference.test, `${reference.name}.json`);
  await writeFileAtomically(file, text);
  return { file, bytes: Buffer.byteLength(text) };
}

/** @throws Problem that says what is wrong with it */
export const parseReference = (text: string, place: string): Reference =>
  referenceFromJson(parsedOrNull(text), place);

/** The same of what is parsed already. */
export function referenceFromJson(parsed: unknown, place: string): Reference {
  const document = parsed as Reference | null;
  if (document?.schemaVersion !== REFERENCE_VERSION)
    throw new Problem(
      `${place} is ${document?.schemaVersion === undefined ? 'no reference' : `of schema version ${document.schemaVersion}`}; this suite knows version ${REFERENCE_VERSION}. Set the reference again.`,
    );
  try {
    validate(document);
  } catch (error) {
    throw new Problem(`${place} is ${(error as Error).message}.`);
  }
  return document;
}

export interface StoredReference {
  test: string;
  name: string;
  file: string;
}

/** All references, by test and name. */
export async function referencesIn(folder: string): Promise<StoredReference[]> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  return files
    .map((file) => file.split(path.sep))
    .filter((steps) => steps.length === 3 && steps[2]?.endsWith('.json'))
    .map(([product = '', test = '', file = '']) => ({
      test: `${product}/${test}`,
      name: path.basename(file, '.json'),
      file: path.join(folder, product, test, file),
    }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/**
 * The reference of this name: `product/test/name`, or the name alone where one test has it.
 * @param test the one that is meant, where several have it
 * @returns null where there is none
 * @throws Problem where it could be several
 */
export async function findReference(
  folder: string,
  name: string,
  test?: string,
): Promise<StoredReference | null> {
  const named = (await referencesIn(folder)).filter(
    (kept) => name === kept.name || name === `${kept.test}/${kept.name}`,
  );
  const ofTest = named.filter((kept) => kept.test === test);
  const [found, ...others] = ofTest.length > 0 ? ofTest : named;
  if (others.length > 0)
    throw new Problem(
      `Several tests have a reference named ${name}: write ${named.map((kept) => `${kept.test}/${kept.name}`).join(' or ')}.`,
    );
  return found ?? null;
}

export const readReference = async ({ file }: StoredReference): Promise<Reference> =>
  parseReference(await readFile(file, 'utf8'), file);
