import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { deadUrl } from '../testing/environment.ts';
import { listenersOn, listeningInodes, localProcessProbe } from './local-process.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'only Linux has /proc' };

/** Starts another process that listens on the given port. */
async function startListener(t: TestContext, port: number, host = '127.0.0.1'): Promise<ChildProcess> {
  const script = `require('net').createServer().listen(${port}, '${host}', () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

const freePort = async () => Number(new URL(await deadUrl()).port);

async function killAndWait(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

describe('listenersOn', onLinux, () => {
  for (const host of ['127.0.0.1', '::', '0.0.0.0'])
    test(`listenersOn finds the process that listens on ${host}`, async (t) => {
      const port = await freePort();
      const child = await startListener(t, port, host);
      assert.deepEqual(await listenersOn(port), [child.pid]);
    });

  test('listenersOn returns no process for a free port', async () => {
    assert.deepEqual(await listenersOn(await freePort()), []);
  });
});

test('listeningInodes only returns listening sockets on the given port', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0FAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:0FAA 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
   2: 0100007F:0FAB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0`;
  assert.deepEqual(listeningInodes(table, 4010), ['111']);
  assert.deepEqual(listeningInodes(table, 50_000), []);
  assert.deepEqual(listeningInodes('', 4010), []);
});

describe('the process probe', onLinux, () => {
  test('the process probe samples a process by its ID until the process ends', async (t) => {
    const child = await startListener(t, await freePort());
    const probe = localProcessProbe({ pid: child.pid as number });
    const first = await probe.sample();
    assert.equal(first.cpuShare, null);
    assert.ok(Number(first.residentBytes) > 10 * 1024 ** 2);
    assert.notEqual((await probe.sample()).cpuShare, null);
    await killAndWait(child);
    await assert.rejects(probe.sample(), { message: `there is no process ${child.pid}` });
  });

  test('the process probe samples the process that currently listens on the given port', async (t) => {
    const port = await freePort();
    const probe = localProcessProbe({ port });
    await assert.rejects(probe.sample(), {
      message: `no process visible to this user listens on port ${port}`,
    });
    const first = await startListener(t, port);
    await probe.sample();
    assert.notEqual((await probe.sample()).cpuShare, null);
    await killAndWait(first);
    await assert.rejects(probe.sample());
    await startListener(t, port);
    const restarted = await probe.sample();
    assert.equal(restarted.cpuShare, null, 'the CPU of a new process is unknown');
    assert.ok(Number(restarted.residentBytes) > 0);
  });
});
