import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { TEST_RUN_STRUCTURE } from '../remote/kubernetes/test-run-schema.ts';
import { ROOT } from '../support/paths.ts';
import { jsonRoundTrip, validator } from './validator.ts';

describe('schemas', () => {
  const files = ['lib/core/schemas', 'tests/*/contracts'].flatMap((folder) => {
    const found = globSync(`${folder}/*.schema.json`, { cwd: ROOT });
    assert.ok(found.length >= 4, `${folder}: ${found.join()}`);
    return found;
  });
  const schemas = files.map((file) => [file, JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'))]);
  for (const [name, schema] of [...schemas, ['TestRun', TEST_RUN_STRUCTURE]])
    test(`${name} is a valid JSON Schema`, () => {
      const ajv = new Ajv.default();
      addFormats.default(ajv);
      assert.ok(ajv.validateSchema(schema), JSON.stringify(ajv.errors));
    });
});

describe('validator', () => {
  const validate = validator(
    {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, count: { type: 'integer', default: 3 } },
      additionalProperties: false,
    },
    'thing',
  );

  test('the validator returns the document with defaults for missing fields', () =>
    assert.deepEqual(validate({ name: 'a' }), { name: 'a', count: 3 }));

  test('the validator reports the first invalid field', () => {
    assert.throws(() => validate({ name: 'a', count: 'b' }), {
      message: 'not a valid thing: /count must be integer',
    });
    assert.throws(() => validate({ name: 'a', size: 1 }), { message: /additional properties: size$/ });
    assert.throws(() => validate({}), { message: /the document must have required property 'name'$/ });
  });

  test('the validator checks the JSON copy of a document and leaves the document itself unchanged', () => {
    const document = { name: 'a', count: undefined, more: undefined };
    assert.deepEqual(validate(jsonRoundTrip(document)), { name: 'a', count: 3 });
    assert.deepEqual(document, { name: 'a', count: undefined, more: undefined });
    assert.throws(() => validate(jsonRoundTrip({ name: 'a', count: Number.NaN })), /count must be integer/);
  });
});
