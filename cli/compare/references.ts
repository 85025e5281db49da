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

/** The default folder of references. Teams commit this folder. */
export const REFERENCES_FOLDER = path.join(RESULTS, 'references');

const validate = validator(schema, 'reference');

/**
 * Writes a reference to `<folder>/<product>/<test>/<name>.json`, and replaces an existing reference of the same name.
 * @throws Problem if the reference is too large to commit, or the file cannot be written
 */
export async function writeReference(folder: string, reference: Reference): Promise<{ file: string; bytes: number }> {
  const text = referenceText(reference);
  if (text.length > MAX_REFERENCE_BYTES)
    throw new Problem(
      `The reference would have ${text.length} bytes, but the limit is ${MAX_REFERENCE_BYTES}. The run has too many endpoints.`,
    );
  validate(jsonRoundTrip(reference));
  const file = path.join(folder, reference.test, `${reference.name}.json`);
  await writeFileAtomically(file, text);
  return { file, bytes: Buffer.byteLength(text) };
}

/** Parses and validates a reference. @throws Problem if the text is not a valid reference */
export const parseReference = (text: string, location: string): Reference =>
  referenceFromJson(parsedOrNull(text), location);

/** Validates a reference that is already parsed from JSON. @throws Problem if it is not a valid reference */
export function referenceFromJson(parsed: unknown, location: string): Reference {
  const document = parsed as Reference | null;
  if (document?.schemaVersion !== REFERENCE_VERSION)
    throw new Problem(
      document?.schemaVersion === undefined
        ? `${location} is not a reference. Set the reference again.`
        : `${location} has schema version ${document.schemaVersion}, but this version of load-suite reads version ${REFERENCE_VERSION}. Set the reference again.`,
    );
  try {
    validate(document);
  } catch (error) {
    throw new Problem(`${location} is ${(error as Error).message}.`);
  }
  return document;
}

export interface StoredReference {
  test: string;
  name: string;
  file: string;
}

/** Returns all references in a folder, sorted by test and name. */
export async function referencesIn(folder: string): Promise<StoredReference[]> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  return files
    .map((file) => file.split(path.sep))
    .filter((segments) => segments.length === 3 && segments[2]?.endsWith('.json'))
    .map(([product = '', test = '', file = '']) => ({
      test: `${product}/${test}`,
      name: path.basename(file, '.json'),
      file: path.join(folder, product, test, file),
    }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/**
 * Finds a reference by name.
 * @param name `product/test/name`, or only the name of the reference
 * @param test the test whose reference to prefer if several tests have a reference of this name
 * @returns null if there is no such reference
 * @throws Problem if several references match
 */
export async function findReference(folder: string, name: string, test?: string): Promise<StoredReference | null> {
  const matches = (await referencesIn(folder)).filter(
    (reference) => name === reference.name || name === `${reference.test}/${reference.name}`,
  );
  const ofTest = matches.filter((reference) => reference.test === test);
  const [found, ...others] = ofTest.length > 0 ? ofTest : matches;
  if (others.length > 0)
    throw new Problem(
      `Several tests have a reference named ${name}. Use ${matches.map((reference) => `${reference.test}/${reference.name}`).join(' or ')}.`,
    );
  return found ?? null;
}

export const readReference = async ({ file }: StoredReference): Promise<Reference> =>
  parseReference(await readFile(file, 'utf8'), file);
