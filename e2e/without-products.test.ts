import assert from 'node:assert/strict';
import { globSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import type { TestPlan } from '../lib/core/definition/index.ts';
import { Checkout } from './checkout.ts';
import { ROOT, Sandbox } from './suite.ts';

const sandbox = new Sandbox();
let checkout: Checkout;

/** The product that the tests of the whole use. */
const KEPT = 'booking';
const OTHERS = readdirSync(path.join(ROOT, 'reference-service', 'products'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== KEPT)
  .map(({ name }) => name);

/** What names products, and takes seconds only. */
const UNIT_TESTS = [
  'cli/run/test-name.test.ts',
  'reference-service/products/products.test.ts',
  'reference-service/settings.test.ts',
  'tools/boundaries.test.ts',
];

before(() => {
  checkout = new Checkout(sandbox, 'checkout', { withTests: true });
});

async function succeeds(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await sandbox.spawn(command, args, { cwd: checkout.root }).ended;
  assert.equal(code, 0, `${[command, ...args].join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** Moves the two folders of a product out of the checkout, or back into it. */
function move(product: string, from: string, to: string): void {
  for (const folder of ['tests', 'reference-service/products']) {
    mkdirSync(path.join(to, folder), { recursive: true });
    renameSync(path.join(from, folder, product), path.join(to, folder, product));
  }
}

async function makeDocs(): Promise<void> {
  await succeeds(process.execPath, 'tools/docs/generate.ts');
  await succeeds(process.execPath, 'tools/docs/generate.ts', '--check');
}

// No file outside a product imports it, which tools/boundaries.ts checks: without one, types are as right as before.
for (const product of OTHERS)
  test(`after deleting ${product}, the docs can be made`, async () => {
    const aside = path.join(sandbox.folder, 'aside');
    move(product, checkout.root, aside);
    try {
      await makeDocs();
    } finally {
      move(product, aside, checkout.root);
    }
  });

test(`after deleting all products but ${KEPT}, docs, types, list and unit tests are right, and no test is left of them`, async () => {
  for (const product of OTHERS) move(product, checkout.root, path.join(sandbox.folder, 'deleted'));
  await makeDocs();
  await succeeds(path.join(ROOT, 'node_modules', '.bin', 'tsc'), '-b', '.');
  const plans: TestPlan[] = JSON.parse(await succeeds(process.execPath, 'cli/main.ts', 'list', '--json'));
  assert.deepEqual([...new Set(plans.map(({ product }) => product))], [KEPT]);
  const files = globSync('{bench,cli,data,e2e,lib,reference-service,tests,tools}/**/*.test.ts', {
    cwd: checkout.root,
  });
  assert.ok(files.includes('e2e/smoke.test.ts'));
  assert.deepEqual(
    files.filter((file) => OTHERS.some((product) => file.includes(product))),
    [],
  );
  await succeeds(process.execPath, '--test', ...UNIT_TESTS);
});
