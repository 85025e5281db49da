import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

/**
 * Holds documents against a JSON Schema, which is compiled when first needed: commands that read and write no such
 * document do not wait for it. What it gives back throws an Error that names the first place that is wrong, and
 * returns the document as it will be read: what it lacks and the schema has a default for is there.
 */
export function validator(schema: object, what: string): (document: unknown) => unknown {
  let validate: ReturnType<Ajv.default['compile']> | undefined;
  return (document) => {
    validate ??= compiled(schema);
    // What JSON cannot hold (NaN, undefined) is judged as it will be read back.
    const read = JSON.parse(JSON.stringify(document));
    if (!validate(read)) throw new Error(`not a valid ${what}: ${describe(validate.errors)}`);
    return read;
  };
}

function compiled(schema: object) {
  const ajv = new Ajv.default({ allowUnionTypes: true, useDefaults: true });
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
