import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('smoke: every endpoint answers, and keeps its contract', async () => {
  assertVerdict(await sandbox.run(['collab/smoke']), 0, 'GO');
  const { result } = sandbox.theRun;
  assertValidResult(result);
  assert.deepEqual(result.statuses, { 200: 2, 201: 1 });
  assert.deepEqual(result.cleanup?.created, { application: 1 });
});

test('ladder: with the most users one process fails; the same rungs are climbed by a cluster of two', async () => {
  const single = await climb('single');
  const cluster = await climb('cluster');
  assert.ok(cluster.resources.pm2?.columns[PM2_COLUMNS.online]?.includes(2), 'two processes');

  const [one, two] = [rungsOf(single), rungsOf(cluster)];
  assert.deepEqual(
    one.map(({ users }) => users),
    two.map(({ users }) => users),
  );
  const alone = one.at(-1);
  assert.ok(alone);
  assert.ok((alone.success ?? 1) < 0.95, `${alone.success} of the answers of one process are right`);
});
