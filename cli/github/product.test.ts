import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { addProduct } from './product.ts';

function folders(t: TestContext) {
  const folder = temporaryFolder(t);
  const [source, tests] = [path.join(folder, 'source'), path.join(folder, 'tests')];
  mkdirSync(path.join(source, 'flows'), { recursive: true });
  mkdirSync(path.join(tests, 'bank'), { recursive: true });
  for (const file of ['product.ts', 'flows/order.ts']) writeFileSync(path.join(source, file), file);
  return { source, tests };
}

test('addProduct copies the folder of a product, including all subfolders', async (t) => {
  const { source, tests } = folders(t);
  await addProduct(source, 'web-shop', tests);
  assert.equal(readFileSync(path.join(tests, 'web-shop', 'flows', 'order.ts'), 'utf8'), 'flows/order.ts');
});

test('addProduct refuses a folder without product.ts, an invalid name, and a name already in use', async (t) => {
  const { source, tests } = folders(t);
  for (const [folder, name, message] of [
    [source, '../outside', /^"\.\.\/outside" is not a valid product name\. Use/],
    [source, '', /is not a valid product name/],
    [source, 'bank', /^The suite already has a product named bank/],
    [path.join(source, 'flows'), 'shop', /^There is no product\.ts in .*flows\. Give/],
    [path.join(source, 'missing'), 'shop', /^There is no product\.ts in .*missing\. Give/],
  ] as const)
    await assert.rejects(addProduct(folder, name, tests), problem(message), name);
  assert.ok(!existsSync(path.join(tests, 'shop')));
});
