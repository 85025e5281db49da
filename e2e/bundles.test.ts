import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { addProduct, addTest, Checkout } from './checkout.ts';
import { Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
let checkout: Checkout;

before(() => {
  checkout = new Checkout(sandbox);
  addProduct(checkout);
  addTest(checkout, 'steady', {});
});

const bundled = (name: string) => path.join(checkout.root, 'dist', 'fixture', name);

test('the bundler replaces a changed bundle atomically and does not rewrite unchanged bundles', async () => {
  addTest(checkout, 'changing', {});
  await checkout.bundle();
  const steady = statSync(bundled('steady.js'));
  const old = readFileSync(bundled('changing.js'), 'utf8');
  // Keep the file open, like k6 while it loads a bundle.
  const loading = openSync(bundled('changing.js'), 'r');

  addTest(checkout, 'changing', { iterate: "console.log('changed');" });
  await checkout.bundle();
  assert.equal(readFileSync(loading, 'utf8'), old);
  closeSync(loading);
  assert.match(readFileSync(bundled('changing.js'), 'utf8'), /changed/);
  assert.equal(statSync(bundled('steady.js')).mtimeMs, steady.mtimeMs);
  assert.deepEqual(readdirSync(path.join(checkout.root, 'dist', 'fixture')).sort(), [
    'changing.description.js',
    'changing.description.js.map',
    'changing.js',
    'changing.js.map',
    'steady.description.js',
    'steady.description.js.map',
    'steady.js',
    'steady.js.map',
  ]);
});
