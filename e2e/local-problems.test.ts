import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { serve } from '../cli/testing/environment.ts';
import { assertNoStack, assertRefused, assertVerdict, eventually, Sandbox } from './sandbox.ts';
import { startTarget } from './target.ts';

const sandbox = new Sandbox();

test('run names the port if another process already uses the port of the reference service', async (t) => {
  const { port } = new URL(await serve(t, () => {}));
  const exit = await sandbox.run(['smoke'], { env: { PORT: port } });
  assertRefused(
    exit,
    2,
    `The reference service did not start: port ${port} on 127.0.0.1 is already in use`,
    'set PORT',
  );
});

test('run names an invalid setting of the reference service and the allowed values', async () => {
  const exit = await sandbox.run(['smoke'], { env: { DB_POOL_MAX: 'many' } });
  assertRefused(exit, 2, 'DB_POOL_MAX is "many", but it must be a whole number from 1 to 100');
});

test('run succeeds after kill -9 left a stale lock and a stopped database', async () => {
  await startTarget(sandbox);
  assert.ok(sandbox.processes().some(({ command }) => /postgres.* -D /.test(command)));
  sandbox.killAll();
  await sandbox.assertNothingRuns();
  const lock = path.join(sandbox.temp, `load-suite-${process.getuid?.()}.lock`);
  const { pid } = spawnSync(process.execPath, ['--version']);
  const holder = { pid, host: hostname(), test: 'booking/peak', startedAt: '2025-01-01T00:00:00.000Z' };
  writeFileSync(lock, JSON.stringify(holder));
  assertVerdict(await sandbox.run(['smoke']), 0, 'GO');
});

test('run refuses to start while another run is in progress', async () => {
  const first = sandbox.startRun(['smoke']);
  await eventually('first run', () =>
    sandbox.processes().some(({ command }) => /reference-service\/main\.ts/.test(command)),
  );
  const second = await sandbox.run(['baseline']);
  assertRefused(
    second,
    2,
    `Another run is in progress: booking/smoke (process ${first.pid}, since `,
    'Wait until it ends',
  );
  assert.equal(sandbox.lastRunOrNull, null);
  assertVerdict(await first.exit, 0, 'GO');
});

test('run refuses a results folder that is not writable before it sends requests', async () => {
  const file = path.join(sandbox.folder, 'a-file');
  writeFileSync(file, '');
  const exit = await sandbox.run(['smoke'], { results: path.join(file, 'results') });
  assertRefused(
    exit,
    2,
    /^Cannot write \S+a-file\/results\S+: part of the path is not a folder\./,
    'choose another folder with --results',
  );
});

/** Mounts a file system that is too small for a run. Skips the test if this machine does not allow mounting. */
function tinyDisk(t: TestContext, kilobytes: number): string | null {
  const folder = sandbox.subfolder(`disk-${kilobytes}k`);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    t.skip(`cannot mount a small file system: ${mounted.stderr ?? mounted.error}`);
    return null;
  }
  const unmount = () => spawnSync('umount', ['-l', folder]);
  t.after(unmount);
  // If the test runner is interrupted, unmount before the sandbox is removed.
  process.prependOnceListener('exit', unmount);
  return folder;
}

test('run refuses to start if the disk is already full', async (t) => {
  const disk = tinyDisk(t, 4);
  if (!disk) return;
  writeFileSync(path.join(disk, 'filler'), Buffer.alloc(4096));
  const exit = await sandbox.run(['smoke'], { results: disk });
  assertRefused(exit, 2, /^Cannot write .*: no space is left on the device\. Free space/);
});

test('a run is INVALID and shows the reason if the disk fills up before k6 writes its summary', async (t) => {
  const disk = tinyDisk(t, 20);
  if (!disk) return;
  const exit = await sandbox.run(['smoke'], { results: disk });
  assertVerdict(exit, 3, 'INVALID');
  assert.match(exit.stdout, /^ +k6 wrote no summary, /m);
  assert.match(exit.stdout, /^ +k6 error: [^:]*summary: (?:.|\n)*no\s+space left on device$/m);
});

test('a run shows its verdict and names the missing file if the disk fills up after the summary', async (t) => {
  const disk = tinyDisk(t, 40);
  if (!disk) return;
  const exit = await sandbox.run(['smoke'], { results: disk });
  assert.match(exit.stdout, /^\n?GO {2}booking\/smoke/);
  assertNoStack(exit);
  assert.match(exit.stderr, /^Cannot write \S+result\.json: no space is left on the device\. Free space/m);
  assert.equal(exit.code, 2, 'a run without a result file fails');
  assert.ok(sandbox.lastRun.names.includes('run.json'));
});
