import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

/**
 * Creates a function that validates parsed documents against a JSON Schema and adds missing fields with their defaults.
 * The function throws an Error with the first invalid field. It compiles the schema on first use, so that commands that
 * do not need it start faster.
 * @param what how errors name the document
 */
export function validator(schema: object, what: string): (document: unknown) => unknown {
  let validate: ReturnType<Ajv.default['compile']> | undefined;
  return (document) => {
    validate ??= compile(schema);
    if (!validate(document)) throw new Error(`not a valid ${what}: ${describe(validate.errors)}`);
    return document;
  };
}

/** A copy of a document as it would be read back from JSON, without values that JSON cannot represent. */
export const jsonRoundTrip = (document: unknown): unknown => JSON.parse(JSON.stringify(document));

function compile(schema: object) {
  const ajv = new Ajv.default({
    allowUnionTypes: true,
    useDefaults: true,
    // Tests validate the schemas. Every command compiles them again, mostly for a single document.
    validateSchema: false,
    code: { optimize: false },
  });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

function describe(errors: ErrorObject[] | null | undefined): string {
  const [first] = errors ?? [];
  if (!first) return 'unknown reason';
  const { additionalProperty, allowedValues } = first.params;
  const detail = additionalProperty ?? allowedValues?.join(', ');
  return `${first.instancePath || 'the document'} ${first.message}${detail ? `: ${detail}` : ''}`;
}
