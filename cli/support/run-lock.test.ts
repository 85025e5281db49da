import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { setEnvironment, temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { lockMachine, lockSeries } from './run-lock.ts';

/** Simulates a machine for one test, so that each test has a separate run lock. @returns the folder of the lock */
function machine(t: TestContext): string {
  const folder = temporaryFolder(t);
  setEnvironment(t, { TMPDIR: folder });
  return folder;
}

/** Starts another process that acquires the run lock and keeps it. */
async function otherRun(t: TestContext, name: string): Promise<ChildProcess> {
  const module = JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'run-lock.ts')));
  const code = `
    const { lockMachine } = await import(${module});
    await lockMachine(${JSON.stringify(name)});
    console.log('locked');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => assert.fail('the other run did not get the lock')),
  ]);
  return child;
}

test('lockMachine refuses a second run, and the error names the run in progress', async (t) => {
  machine(t);
  const other = await otherRun(t, 'shop/peak');
  const holder = `shop/peak \\(process ${other.pid}, since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\)`;
  await assert.rejects(lockMachine('shop/smoke'), problem(new RegExp(`^Another run is in progress: ${holder}\\.`)));
});

test('lockMachine replaces a lock whose process has ended', async (t) => {
  const folder = machine(t);
  const other = await otherRun(t, 'shop/peak');
  other.kill('SIGKILL');
  await once(other, 'exit');
  assert.equal(readdirSync(folder).length, 1);
  await using _ = await lockMachine('shop/smoke');
  const [file = assert.fail()] = readdirSync(folder);
  const holder = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  assert.equal(holder.pid, process.pid);
  assert.equal(holder.test, 'shop/smoke');
});

test('releasing the run lock removes the lock file, and the lock can be acquired again', async (t) => {
  const folder = machine(t);
  for (const name of ['shop/peak', 'shop/smoke']) {
    {
      await using _ = await lockMachine(name);
      await assert.rejects(lockMachine('shop/spike'), { message: new RegExp(`in progress: ${name} `) });
    }
    assert.deepEqual(readdirSync(folder), []);
  }
});

/** Returns the path and content of the lock file while this process holds the lock. */
async function heldHere(t: TestContext): Promise<{ folder: string; file: string; content: string }> {
  const folder = machine(t);
  await using _ = await lockMachine('shop/peak');
  const file = path.join(folder, readdirSync(folder)[0] ?? assert.fail());
  return { folder, file, content: readFileSync(file, 'utf8') };
}

test('lockMachine replaces an old lock file that contains no process ID', async (t) => {
  const { file } = await heldHere(t);
  for (const content of ['', '{', '{}', 'null']) {
    writeFileSync(file, content);
    const created = Date.now() / 1000 - 10;
    utimesSync(file, created, created);
    await using _ = await lockMachine('shop/smoke');
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).test, 'shop/smoke');
  }
});

test('if a lock file is new and empty, lockMachine waits for the process ID and respects the lock', async (t) => {
  const { file, content } = await heldHere(t);
  writeFileSync(file, '');
  const second = lockMachine('shop/smoke');
  setTimeout(() => writeFileSync(file, content), 50);
  await assert.rejects(second, { message: /in progress: shop\/peak / });
});

test('lockMachine replaces a lock whose process ID belongs to another process now', {
  skip: process.platform === 'linux' ? false : 'only Linux reports when a process started',
}, async (t) => {
  const { file, content } = await heldHere(t);
  const holder = JSON.parse(content);
  writeFileSync(file, JSON.stringify({ ...holder, born: holder.born - 1 }));
  await using _ = await lockMachine('shop/smoke');
});

test('if several processes find the lock of an ended process, exactly one of them acquires the lock', async (t) => {
  const { folder, file, content } = await heldHere(t);
  const { pid } = spawnSync(process.execPath, ['--version']);
  for (let round = 0; round < 20; round++) {
    writeFileSync(file, JSON.stringify({ ...JSON.parse(content), pid }));
    const tries = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => lockMachine(`shop/test-${i}`)));
    const got = tries.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    assert.equal(got.length, 1);
    await got[0]?.[Symbol.asyncDispose]();
    assert.deepEqual(readdirSync(folder), []);
  }
});

test('a process that was killed while replacing a lock does not block other processes', async (t) => {
  const { folder, file, content } = await heldHere(t);
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(content), pid }));
  writeFileSync(`${file}.breaking`, '');
  const created = Date.now() / 1000 - 10;
  utimesSync(`${file}.breaking`, created, created);
  await using _ = await lockMachine('shop/smoke');
  assert.deepEqual(readdirSync(folder), [path.basename(file)]);
});

test('releasing a lock does not remove the lock of another process', async (t) => {
  const { file, content } = await heldHere(t);
  {
    await using _ = await lockMachine('shop/smoke');
    writeFileSync(file, content);
  }
  assert.equal(readFileSync(file, 'utf8'), content);
});

test('lockSeries refuses a second series of runs, but does not block single runs', async (t) => {
  machine(t);
  await using _ = await lockSeries('ab of shop/peak');
  await using _run = await lockMachine('shop/peak');
  await assert.rejects(lockSeries('campaign of shop'), {
    message:
      /^Another series of runs is in progress: ab of shop\/peak \(process \d+, since .+\)\. Wait until it ends, or stop it\.$/,
  });
});
