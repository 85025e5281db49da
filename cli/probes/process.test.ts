import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { processSampler } from './process.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'only Linux has /proc' };

/** Keeps one processor core busy for the given time. */
function burn(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until) Math.sqrt(until);
}

test(
  'the first sample of a process only contains memory, and the second sample also contains CPU',
  onLinux,
  async () => {
    const sample = processSampler(process.pid);
    const first = await sample();
    assert.equal(first.cpuShare, null);
    const rss = process.memoryUsage.rss();
    assert.ok(first.residentBytes && first.residentBytes > rss / 3 && first.residentBytes < rss * 3);

    burn(500);
    const { cpuShare } = await sample();
    assert.ok(cpuShare !== null && cpuShare > 0.01, `${cpuShare}`);
    // The CPU share can slightly exceed 1, because the kernel counts CPU time in ticks.
    assert.ok(cpuShare < 1.1, `${cpuShare}`);
  },
);

test('an idle process uses less CPU than a busy one', onLinux, async () => {
  const sample = processSampler(process.pid);
  await sample();
  await sleep(300);
  const idle = await sample();
  burn(300);
  const busy = await sample();
  assert.ok((idle.cpuShare ?? 1) < (busy.cpuShare ?? 0), `${idle.cpuShare} and ${busy.cpuShare}`);
});

test('a process sample contains null for every value if the process has ended', async () => {
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await once(child, 'exit');
  assert.deepEqual(await processSampler(child.pid as number)(), { cpuShare: null, residentBytes: null });
});
