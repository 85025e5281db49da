import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import schema from '../../lib/core/result.schema.json' with { type: 'json' };
import type { Result } from '../../lib/core/result.ts';

/** Compiled when first needed: commands that read and write no result do not wait for it. */
let validate: ReturnType<Ajv.default['compile']> | undefined;

function validator() {
  if (!validate) {
    const ajv = new Ajv.default({ allowUnionTypes: true });
    addFormats.default(ajv);
    validate = ajv.compile(schema);
  }
  return validate;
}

/** @throws Error that names the first place where a document is not a result */
export function assertValidResult(document: unknown): asserts document is Result {
  const check = validator();
  // What JSON cannot hold (NaN, undefined) is judged as it will be read back.
  if (!check(JSON.parse(JSON.stringify(document))))
    throw new Error(`not a valid result: ${describe(check.errors)}`);
}

function describe(errors: ErrorObject[] | null | undefined): string {
  const [first] = errors ?? [];
  return first ? `${first.instancePath || 'the document'} ${first.message}` : 'unknown reason';
}
