import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

/**
 * Returns a function that validates a document against a JSON Schema and adds defaults for missing fields. The function
 * throws an Error that names the first invalid field. The schema is compiled on first use, because many commands do not
 * need it.
 * @param what the name of the document in error messages
 */
export function validator(schema: object, what: string): (document: unknown) => unknown {
  let validate: ReturnType<Ajv.default['compile']> | undefined;
  return (document) => {
    validate ??= compile(schema);
    if (!validate(document)) throw new Error(`not a valid ${what}: ${describe(validate.errors)}`);
    return document;
  };
}

/** Returns a copy of a document after conversion to JSON and back, so values that JSON cannot represent are lost. */
export const jsonRoundTrip = (document: unknown): unknown => JSON.parse(JSON.stringify(document));

function compile(schema: object) {
  const ajv = new Ajv.default({
    allowUnionTypes: true,
    useDefaults: true,
    // The schema itself is not validated here, because tests validate it and every command would have to do so again.
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
