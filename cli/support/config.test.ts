import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { readConfig } from './config.ts';

function configured(t: TestContext, text: string): string {
  const root = temporaryFolder(t);
  mkdirSync(path.join(root, 'load-tests'));
  writeFileSync(path.join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(root, 'load-suite.config.ts'), text);
  return root;
}

test('without a configuration file, tests are in tests/ and there is no main product', async (t) => {
  assert.deepEqual(await readConfig(temporaryFolder(t)), { tests: 'tests' });
});

test('settings that the configuration file omits have their default values', async (t) => {
  const both = "export default { tests: 'load-tests', mainProduct: 'shop' };";
  assert.deepEqual(await readConfig(configured(t, both)), { tests: 'load-tests', mainProduct: 'shop' });
  const one = "export default { mainProduct: 'shop' };";
  assert.deepEqual(await readConfig(configured(t, one)), { tests: 'tests', mainProduct: 'shop' });
});

for (const [text, message] of [
  ['export default {', /^load-suite\.config\.ts cannot be loaded: ./],
  ['export const config = {};', /exports no configuration\. Write: export default defineConfig/],
  ["export default { test: 'x' };", /has no setting "test"\. Its settings are: tests, mainProduct\.$/],
  ["export default { tests: 'x' };", /^tests in .* is "x", but it must be the path of an existing folder\.$/],
  ['export default { mainProduct: 7 };', /^mainProduct in .* is 7, but it must be a name of lowercase letters/],
] as const)
  test(`readConfig rejects: ${text}`, async (t) => {
    await assert.rejects(readConfig(configured(t, text)), problem(message));
  });
