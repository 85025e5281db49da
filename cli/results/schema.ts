import { isAssessed, RESULT_VERSION, type Result } from '../../lib/core/evidence/index.ts';
import schema from '../../lib/core/schemas/result.schema.json' with { type: 'json' };
import { parsedOrNull } from '../support/json.ts';
import { Problem } from '../support/problem.ts';
import { jsonRoundTrip, validator } from './validator.ts';

const validate = validator(schema, 'result');

/** @throws Error with the first invalid field if the document is not a result */
export function assertValidResult(document: unknown): asserts document is Result {
  validate(jsonRoundTrip(document));
}

type Document = Record<string, unknown>;
/** Functions that convert a document from one schema version to the next, by the older version. */
export type Migrations = Readonly<Record<number, (document: Document) => Document>>;

/** Empty while version 1 is the only one. Fields that were added to it have defaults in the schema. */
const MIGRATIONS: Migrations = {};

/**
 * Parses the text of a result, migrating it to the current schema version if it is older.
 * @param location how messages name the text, such as its file
 * @throws Problem if it is not a valid result
 */
export function parseResult(text: string, location: string, migrations?: Migrations): Promise<Result> {
  return resultFromJson(parsedOrNull(text), location, migrations);
}

/** Like {@link parseResult}, but for JSON that is already parsed. */
export async function resultFromJson(
  parsed: unknown,
  location: string,
  migrations: Migrations = MIGRATIONS,
): Promise<Result> {
  const document = migrateDocument(documentOf(parsed, location), location, migrations);
  let result: Result;
  try {
    result = validate(document) as Result;
  } catch (error) {
    throw new Problem(`${location} is ${(error as Error).message}.`);
  }
  if (isAssessed(result)) return result;
  // Imported only when needed, because only older results lack assessments and the import is slow.
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
  let current = document;
  if (current.schemaVersion > RESULT_VERSION)
    throw new Problem(
      `${location} has schema version ${current.schemaVersion}, but this version of load-suite reads versions up to ${RESULT_VERSION}. Use the version that wrote it, or a newer one.`,
    );
  while (current.schemaVersion < RESULT_VERSION) {
    const migrate = migrations[current.schemaVersion];
    if (!migrate)
      throw new Problem(
        `${location} has schema version ${current.schemaVersion}, which this version of load-suite cannot convert to version ${RESULT_VERSION}. Use the version that wrote it.`,
      );
    current = { ...migrate(current), schemaVersion: current.schemaVersion + 1 };
  }
  return current;
}
