import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { assertValidResult } from '../cli/results/schema.ts';
import { rungsOf } from '../lib/core/ladder.ts';
import { PM2_COLUMNS } from '../lib/core/resources.ts';
import type { Result } from '../lib/core/result.ts';
import { assertVerdict, Sandbox } from './suite.ts';

const sandbox = new Sandbox();

const MODES = {
  single: {},
  cluster: { TARGET_MODE: 'cluster', TARGET_INSTANCES: '2' },
};
type Mode = keyof typeof MODES;

/** 13, 25 and 50 users; requests take longer than by default, as there are fewer users. */
async function climb(mode: Mode): Promise<Result> {
  const args = ['--time-scale', '0.08', '--vus-scale', '0.25', '--label', `mode=${mode}`];
  await sandbox.run(['collab/ladder', ...args], {
    env: { COLLAB_WORK_MS: '30', COLLAB_MOST_WAITING: '6', ...MODES[mode] },
  });
  const { result } = sandbox.theRun;
  assertValidResult(result);
  assert.equal(result.run.outcome, 'completed');
  assert.match(sandbox.theRun.text('report.md'), new RegExp(`What each number of users got, mode=${mode}`));
  return result;
}

/** Cores that two threads get which compute for a second. */
async function coresToBeHad(): Promise<number> {
  const compute = 'const end = Date.now() + 1000; while (Date.now() < end);';
  const start = performance.now();
  const used = process.cpuUsage();
  await Promise.all([1, 2].map(() => once(new Worker(compute, { eval: true }), 'exit')));
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1000 / (performance.now() - start);
}

test('smoke: every endpoint answers, and keeps its contract', async () => {
  assertVerdict(await sandbox.run(['collab/smoke']), 0, 'GO');
  const { result } = sandbox.theRun;
  assertValidResult(result);
  assert.deepEqual(result.statuses, { 200: 2, 201: 1 });
  assert.deepEqual(result.cleanup?.created, { application: 1 });
});

test('ladder: with the most users one process fails, and a cluster of two answers a greater share', async (t) => {
  const before = await coresToBeHad();
  const single = await climb('single');
  const cluster = await climb('cluster');
  assert.ok(cluster.resources.pm2?.columns[PM2_COLUMNS.online]?.includes(2), 'two processes');

  const [one, two] = [rungsOf(single), rungsOf(cluster)];
  assert.deepEqual(
    one.map(({ users }) => users),
    two.map(({ users }) => users),
  );
  const [alone, together] = [one.at(-1), two.at(-1)];
  assert.ok(alone && together);
  assert.ok((alone.success ?? 1) < 0.95, `${alone.success} of the answers of one process are right`);
  // What a second process is worth shows only where there is a core for it.
  const cores = Math.min(before, await coresToBeHad());
  if (cores < 1.6) return t.skip(`of two cores only ${cores} are to be had: this machine is busy`);
  assert.ok(
    (together.success ?? 0) > (alone.success ?? 1) + 0.05,
    `${together.success} of the cluster's are`,
  );
});
