import { isAssessed, RESULT_VERSION, type Result } from '../../lib/core/evidence/index.ts';
import schema from '../../lib/core/schemas/result.schema.json' with { type: 'json' };
import { parsedOrNull } from '../support/json.ts';
import { Problem } from '../support/problem.ts';
import { type Document, type Migrations, migrated, RESULT_MIGRATIONS } from './migrations.ts';
import { jsonRoundTrip, validator } from './validator.ts';

const validate = validator(schema, 'result');

/**
 * Validates a result.
 * @throws Error that names the first invalid field if the document is not a valid result
 */
export function assertValidResult(document: unknown): asserts document is Result {
  validate(jsonRoundTrip(document));
}

/**
 * Parses a result. A result of an older schema version is migrated to the current version.
 * @param location where the text comes from, for example a file name, for use in error messages
 * @throws Problem if the text is not a valid result
 */
export function parseResult(text: string, location: string, migrations?: Migrations): Promise<Result> {
  return resultFromJson(parsedOrNull(text), location, migrations);
}

/** Reads a result like {@link parseResult}, but from JSON that is already parsed. */
export async function resultFromJson(
  parsed: unknown,
  location: string,
  migrations: Migrations = RESULT_MIGRATIONS,
): Promise<Result> {
  const document = migrateDocument(documentOf(parsed, location), location, migrations);
  let result: Result;
  try {
    result = validate(document) as Result;
  } catch (error) {
    throw new Problem(`${location} is ${(error as Error).message}.`);
  }
  if (isAssessed(result)) return result;
  // The module is imported only when needed, because the import is slow and only older results lack assessments.
  const { withAssessments: assessed } = await import('../../lib/core/judging/index.ts');
  return assessed(result);
}

function documentOf(parsed: unknown, location: string): Document & { schemaVersion: number } {
  if (!Number.isInteger((parsed as Partial<Document> | null)?.schemaVersion))
    throw new Problem(`${location} is not a result: it is not a JSON document with a schemaVersion.`);
  return parsed as Document & { schemaVersion: number };
}

function migrateDocument(
  document: Document & { schemaVersion: number },
  location: string,
  migrations: Migrations,
): unknown {
  const { schemaVersion } = document;
  if (schemaVersion > RESULT_VERSION)
    throw new Problem(
      `${location} has schema version ${schemaVersion}, but this version of load-suite reads versions up to ${RESULT_VERSION}. Use the load-suite version that wrote the file, or a newer one.`,
    );
  const current = migrated(document, RESULT_VERSION, migrations);
  if (current === null)
    throw new Problem(
      `${location} has schema version ${schemaVersion}, which this version of load-suite cannot convert to version ${RESULT_VERSION}. Use the load-suite version that wrote the file.`,
    );
  return current;
}
