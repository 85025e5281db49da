import assert from 'node:assert/strict';
import { globSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import type { TestPlan } from '../lib/core/definition/index.ts';
import { Checkout } from './checkout.ts';
import { ROOT, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
let checkout: Checkout;

/** The product that e2e tests use. */
const KEPT = 'booking';
const OTHER_PRODUCTS = readdirSync(path.join(ROOT, 'reference-service', 'products'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== KEPT)
  .map(({ name }) => name);

/** Unit tests that depend on the available products and finish within seconds. */
const UNIT_TESTS = [
  'cli/run/test-name.test.ts',
  'reference-service/products/products.test.ts',
  'reference-service/settings.test.ts',
  'tools/boundaries.test.ts',
];

before(() => {
  checkout = new Checkout(sandbox, 'checkout', { withTests: true });
  checkout.initRepository();
});

async function assertSucceeds(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await sandbox.spawn(command, args, { cwd: checkout.root }).exit;
  assert.equal(code, 0, `${[command, ...args].join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** Moves both folders of a product out of the checkout, or back into the checkout. */
function move(product: string, from: string, to: string): void {
  for (const folder of ['tests', 'reference-service/products']) {
    mkdirSync(path.join(to, folder), { recursive: true });
    renameSync(path.join(from, folder, product), path.join(to, folder, product));
  }
}

async function assertDocsGenerated(): Promise<void> {
  await assertSucceeds(process.execPath, 'tools/docs/generate.ts');
  await assertSucceeds(process.execPath, 'tools/docs/generate.ts', '--check');
}

// This test does not check types, because tools/boundaries.ts ensures that no file outside a product imports the
// product.
for (const product of OTHER_PRODUCTS)
  test(`the docs can be generated after the product ${product} is deleted`, async () => {
    const aside = path.join(sandbox.folder, 'aside');
    move(product, checkout.root, aside);
    try {
      await assertDocsGenerated();
    } finally {
      move(product, aside, checkout.root);
    }
  });

test(`docs, type check, list and unit tests succeed if ${KEPT} is the only product`, async () => {
  for (const product of OTHER_PRODUCTS) move(product, checkout.root, path.join(sandbox.folder, 'deleted'));
  await assertDocsGenerated();
  await assertSucceeds(path.join(ROOT, 'node_modules', '.bin', 'tsc'), '-b', '.');
  const plans: TestPlan[] = JSON.parse(await assertSucceeds(process.execPath, 'cli/main.ts', 'list', '--json'));
  assert.deepEqual([...new Set(plans.map(({ product }) => product))], [KEPT]);
  const files = globSync('{bench,cli,data,e2e,lib,reference-service,tests,tools}/**/*.test.ts', {
    cwd: checkout.root,
  });
  assert.ok(files.includes('e2e/smoke.test.ts'));
  assert.deepEqual(
    files.filter((file) => OTHER_PRODUCTS.some((product) => file.includes(product))),
    [],
  );
  await assertSucceeds(process.execPath, '--test', ...UNIT_TESTS);
});
