import { isAssessed, RESULT_VERSION, type Result } from '../../lib/core/evidence/index.ts';
import schema from '../../lib/core/schemas/result.schema.json' with { type: 'json' };
import { parsedOrNull } from '../support/json.ts';
import { Problem } from '../support/problem.ts';
import { jsonRoundTrip, validator } from './validator.ts';

const validate = validator(schema, 'result');

/** @throws Error that names the first place where a document is not a result */
export function assertValidResult(document: unknown): asserts document is Result {
  validate(jsonRoundTrip(document));
}

type Document = Record<string, unknown>;
/** From each older version of the schema to the one after it. */
export type Migrations = Readonly<Record<number, (document: Document) => Document>>;

/** Empty as long as the first version is the newest: what was added to it has a default in the schema. */
const MIGRATIONS: Migrations = {};

/**
 * The text of a result as a result of today: migrated where it is older, and valid.
 * @param place what messages call it
 * @throws Problem that says what is wrong with it
 */
export function parseResult(text: string, place: string, migrations?: Migrations): Promise<Result> {
  return resultFromJson(parsedOrNull(text), place, migrations);
}

/** The same of what is parsed already. */
export async function resultFromJson(
  parsed: unknown,
  place: string,
  migrations: Migrations = MIGRATIONS,
): Promise<Result> {
  const document = migrated(documentOf(parsed, place), place, migrations);
  let result: Result;
  try {
    result = validate(document) as Result;
  } catch (error) {
    throw new Problem(`${place} is ${(error as Error).message}.`);
  }
  if (isAssessed(result)) return result;
  // Only results from before their assessments were stored need it, and it takes time to load.
  const { withAssessments: assessed } = await import('../../lib/core/judging/index.ts');
  return assessed(result);
}

function documentOf(parsed: unknown, place: string): Document & { schemaVersion: number } {
  if (!Number.isInteger((parsed as Partial<Document> | null)?.schemaVersion))
    throw new Problem(`${place} is no result of a run: it is no JSON document with a schemaVersion.`);
  return parsed as Document & { schemaVersion: number };
}

function migrated(
  document: Document & { schemaVersion: number },
  place: string,
  migrations: Migrations,
): unknown {
  let current = document;
  if (current.schemaVersion > RESULT_VERSION)
    throw new Problem(
      `${place} is of schema version ${current.schemaVersion}; this suite knows versions up to ${RESULT_VERSION}. Read it with the suite that wrote it, or a newer one.`,
    );
  while (current.schemaVersion < RESULT_VERSION) {
    const migrate = migrations[current.schemaVersion];
    if (!migrate)
      throw new Problem(
        `${place} is of schema version ${current.schemaVersion}, from which this suite has no way to version ${RESULT_VERSION}. Read it with the suite that wrote it.`,
      );
    current = { ...migrate(current), schemaVersion: current.schemaVersion + 1 };
  }
  return current;
}
