import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

/**
 * Holds documents against a JSON Schema, which is compiled when first needed: commands that read and write no such
 * document do not wait for it. What it gives back throws an Error that names the first place that is wrong.
 */
export function validator(schema: object, what: string): (document: unknown) => void {
  let validate: ReturnType<Ajv.default['compile']> | undefined;
  return (document) => {
    validate ??= compiled(schema);
    // What JSON cannot hold (NaN, undefined) is judged as it will be read back.
    if (!validate(JSON.parse(JSON.stringify(document))))
      throw new Error(`not a valid ${what}: ${describe(validate.errors)}`);
  };
}

function compiled(schema: object) {
  const ajv = new Ajv.default({ allowUnionTypes: true });
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
