import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

/**
 * Holds documents against a JSON Schema, which is compiled when first needed: commands that read and write no such
 * document do not wait for it. What it gives back takes what was parsed, adds what it lacks and the schema has a
 * default for, and throws an Error that names the first place that is wrong.
 */
export function validator(schema: object, what: string): (document: unknown) => unknown {
  let validate: ReturnType<Ajv.default['compile']> | undefined;
  return (document) => {
    validate ??= compiled(schema);
    if (!validate(document)) throw new Error(`not a valid ${what}: ${describe(validate.errors)}`);
    return document;
  };
}

/** A document that is to be written, as it will be read: what JSON cannot hold (NaN, undefined) is gone from it. */
export const jsonRoundTrip = (document: unknown): unknown => JSON.parse(JSON.stringify(document));

function compiled(schema: object) {
  const ajv = new Ajv.default({
    allowUnionTypes: true,
    useDefaults: true,
    // That the schema is one is for tests to see; and it is compiled anew by every command, mostly for one document.
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
