import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { addProduct } from './product.ts';

function folders(t: TestContext) {
  const folder = temporaryFolder(t);
  const [theirs, tests] = [path.join(folder, 'theirs'), path.join(folder, 'tests')];
  mkdirSync(path.join(theirs, 'flows'), { recursive: true });
  mkdirSync(path.join(tests, 'bank'), { recursive: true });
  for (const file of ['product.ts', 'flows/order.ts']) writeFileSync(path.join(theirs, file), file);
  return { theirs, tests };
}

test('a product is added with all that is in its folder', async (t) => {
  const { theirs, tests } = folders(t);
  await addProduct(theirs, 'web-shop', tests);
  assert.equal(readFileSync(path.join(tests, 'web-shop', 'flows', 'order.ts'), 'utf8'), 'flows/order.ts');
});

test('what is no product, or has no name for one, is refused', async (t) => {
  const { theirs, tests } = folders(t);
  for (const [folder, name, says] of [
    [theirs, '../outside', /^"\.\.\/outside" cannot be the name of a product\. It takes/],
    [theirs, '', /cannot be the name/],
    [theirs, 'bank', /^The suite has a product named bank already/],
    [path.join(theirs, 'flows'), 'shop', /^There is no product\.ts in .*flows\. It takes/],
    [path.join(theirs, 'nowhere'), 'shop', /^There is no product\.ts in .*nowhere\. It takes/],
  ] as const)
    await assert.rejects(addProduct(folder, name, tests), problem(says), name);
  assert.ok(!existsSync(path.join(tests, 'shop')));
});
