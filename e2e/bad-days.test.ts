import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { serve } from '../cli/testing/environment.ts';
import { assertNoStack, assertRefused, assertVerdict, eventually, Sandbox } from './suite.ts';
import { startTarget } from './target.ts';

const sandbox = new Sandbox();

test('a taken port for the local target is named', async (t) => {
  const { port } = new URL(await serve(t, () => {}));
  const ended = await sandbox.run(['smoke'], { env: { PORT: port } });
  assertRefused(
    ended,
    2,
    `The reference service did not start: port ${port} on 127.0.0.1 is already in use`,
    'set PORT',
  );
});

test('a wrong setting of the local target is named', async () => {
  const ended = await sandbox.run(['smoke'], { env: { DB_POOL_MAX: 'many' } });
  assertRefused(ended, 2, 'DB_POOL_MAX is "many", but it must be a whole number from 1 to 100');
});

test('a run starts where a dead process left its lock and a database in the middle of its work', async () => {
  await startTarget(sandbox);
  assert.ok(sandbox.processes().some(({ command }) => /postgres.* -D /.test(command)));
  sandbox.endAll();
  await sandbox.assertNothingRuns();
  const lock = path.join(sandbox.temp, `load-suite-${process.getuid?.()}.lock`);
  const { pid } = spawnSync(process.execPath, ['--version']);
  const holder = { pid, host: hostname(), test: 'booking/peak', startedAt: '2025-01-01T00:00:00.000Z' };
  writeFileSync(lock, JSON.stringify(holder));
  assertVerdict(await sandbox.run(['smoke']), 0, 'GO');
});

test('a second run is refused and names the first, which goes on', async () => {
  const first = sandbox.startRun(['smoke']);
  await eventually('first run', () =>
    sandbox.processes().some(({ command }) => /reference-service\/main\.ts/.test(command)),
  );
  const second = await sandbox.run(['baseline']);
  assertRefused(
    second,
    2,
    `Another run is in progress: booking/smoke (process ${first.pid}, since `,
    'wait for it',
  );
  assert.equal(sandbox.lastRun, null);
  assertVerdict(await first.ended, 0, 'GO');
});

test('results that cannot be written are refused before any load', async () => {
  const file = path.join(sandbox.folder, 'a-file');
  writeFileSync(file, '');
  const ended = await sandbox.run(['smoke'], { results: path.join(file, 'results') });
  assertRefused(
    ended,
    2,
    /^Cannot write \S+a-file\/results\S+: part of the path is not a folder\./,
    'choose another folder with --results',
  );
});

/** A file system with so little room that it is full before the run is over. */
function tinyDisk(t: TestContext, kilobytes: number): string | null {
  const folder = sandbox.subfolder(`disk-${kilobytes}k`);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    t.skip(`a small file system cannot be mounted here: ${mounted.stderr ?? mounted.error}`);
    return null;
  }
  const unmount = () => spawnSync('umount', ['-l', folder]);
  t.after(unmount);
  // Where the test runner is interrupted, too, and before the sandbox is cleared.
  process.prependOnceListener('exit', unmount);
  return folder;
}

test('a disk that is full before the load is refused', async (t) => {
  const disk = tinyDisk(t, 4);
  if (!disk) return;
  writeFileSync(path.join(disk, 'filler'), Buffer.alloc(4096));
  const ended = await sandbox.run(['smoke'], { results: disk });
  assertRefused(ended, 2, /^Cannot write .*: no space is left on the device\. Free space/);
});

test("a disk that fills up before k6's summary is written: no verdict, and why", async (t) => {
  const disk = tinyDisk(t, 20);
  if (!disk) return;
  const ended = await sandbox.run(['smoke'], { results: disk });
  assertVerdict(ended, 3, 'INVALID');
  assert.match(ended.stdout, /^ +k6 wrote no summary, /m);
  assert.match(ended.stdout, /^ +k6 error: [^:]*summary: (?:.|\n)*no\s+space left on device$/m);
});

test('a disk that fills up after that: the verdict is given, and what could not be written is said', async (t) => {
  const disk = tinyDisk(t, 40);
  if (!disk) return;
  const ended = await sandbox.run(['smoke'], { results: disk });
  assert.match(ended.stdout, /^\n?GO {2}booking\/smoke/);
  assertNoStack(ended);
  assert.match(ended.stderr, /^Cannot write \S+result\.json: no space is left on the device\. Free space/m);
  assert.equal(ended.code, 2, 'a run without a result is none to rely on');
  assert.ok(sandbox.theRun.names.includes('run.json'));
});
