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

/** A machine of its own, as far as the lock can tell. @returns the folder that its lock is in */
function machine(t: TestContext): string {
  const folder = temporaryFolder(t);
  setEnvironment(t, { TMPDIR: folder });
  return folder;
}

/** Another process that holds the lock. */
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

test('a second run is refused, and told which one is going on', async (t) => {
  machine(t);
  const other = await otherRun(t, 'shop/peak');
  const going = `shop/peak \\(process ${other.pid}, since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\)`;
  await assert.rejects(
    lockMachine('shop/smoke'),
    problem(new RegExp(`^Another run is going on: ${going}\\.`)),
  );
});

test('a lock whose holder has died is taken over', async (t) => {
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

test('a lock that is let go of can be taken again, and leaves nothing behind', async (t) => {
  const folder = machine(t);
  for (const name of ['shop/peak', 'shop/smoke']) {
    {
      await using _ = await lockMachine(name);
      await assert.rejects(lockMachine('shop/spike'), { message: new RegExp(`going on: ${name} `) });
    }
    assert.deepEqual(readdirSync(folder), []);
  }
});

/** Where the lock is, and what is in it while this process holds it. */
async function heldHere(t: TestContext): Promise<{ folder: string; file: string; content: string }> {
  const folder = machine(t);
  await using _ = await lockMachine('shop/peak');
  const file = path.join(folder, readdirSync(folder)[0] ?? assert.fail());
  return { folder, file, content: readFileSync(file, 'utf8') };
}

test('a lock that never came to say who holds it is taken over', async (t) => {
  const { file } = await heldHere(t);
  for (const content of ['', '{', '{}', 'null']) {
    writeFileSync(file, content);
    const created = Date.now() / 1000 - 10;
    utimesSync(file, created, created);
    await using _ = await lockMachine('shop/smoke');
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).test, 'shop/smoke');
  }
});

test('a lock that is just being written is waited for, and then respected', async (t) => {
  const { file, content } = await heldHere(t);
  writeFileSync(file, '');
  const second = lockMachine('shop/smoke');
  setTimeout(() => writeFileSync(file, content), 50);
  await assert.rejects(second, { message: /going on: shop\/peak / });
});

test('a lock whose process id is another process by now is taken over', {
  skip: process.platform === 'linux' ? false : 'only Linux tells when a process was born',
}, async (t) => {
  const { file, content } = await heldHere(t);
  const holder = JSON.parse(content);
  writeFileSync(file, JSON.stringify({ ...holder, born: holder.born - 1 }));
  await using _ = await lockMachine('shop/smoke');
});

test('of several who find a dead lock at once, one gets it', async (t) => {
  const { folder, file, content } = await heldHere(t);
  const { pid } = spawnSync(process.execPath, ['--version']);
  for (let round = 0; round < 20; round++) {
    writeFileSync(file, JSON.stringify({ ...JSON.parse(content), pid }));
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, (_, i) => lockMachine(`shop/test-${i}`)),
    );
    const got = tries.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    assert.equal(got.length, 1);
    await got[0]?.[Symbol.asyncDispose]();
    assert.deepEqual(readdirSync(folder), []);
  }
});

test('one who was ended while it took over a dead lock does not stop the next', async (t) => {
  const { folder, file, content } = await heldHere(t);
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(content), pid }));
  writeFileSync(`${file}.breaking`, '');
  const created = Date.now() / 1000 - 10;
  utimesSync(`${file}.breaking`, created, created);
  await using _ = await lockMachine('shop/smoke');
  assert.deepEqual(readdirSync(folder), [path.basename(file)]);
});

test('who lets go of a lock leaves that of another alone', async (t) => {
  const { file, content } = await heldHere(t);
  {
    await using _ = await lockMachine('shop/smoke');
    writeFileSync(file, content);
  }
  assert.equal(readFileSync(file, 'utf8'), content);
});

test('a second series of runs is told what goes on, and a run of the first is not in its way', async (t) => {
  machine(t);
  await using _ = await lockSeries('ab of shop/peak');
  await using _run = await lockMachine('shop/peak');
  await assert.rejects(lockSeries('campaign of shop'), {
    message:
      /^Another series of runs is going on: ab of shop\/peak \(process \d+, since .+\)\. Wait for it, or stop it\.$/,
  });
});
