import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assertValidResult } from '../../cli/results/schema.ts';
import { assertNoStack, assertVerdict, Sandbox } from '../../e2e/suite.ts';
import type { ComparisonOutcome, LadderComparison } from '../../lib/core/comparison/index.ts';
import { PM2_COLUMNS, type Result } from '../../lib/core/evidence/index.ts';

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
  assert.match(sandbox.theRun.text('report.md'), new RegExp(`Results by number of users, mode=${mode}`));
  return result;
}

test('smoke: every endpoint answers, and keeps its contract', async () => {
  assertVerdict(await sandbox.run(['collab/smoke']), 0, 'GO');
  const { result } = sandbox.theRun;
  assertValidResult(result);
  assert.deepEqual(result.statuses, { 200: 2, 201: 1 });
  assert.deepEqual(result.cleanup?.created, { application: 1 });
});

test('ladder: with the most users one process fails; a cluster of two climbs the same rungs, and both are compared', async () => {
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

  const comparison = await compared(single, cluster);
  assert.deepEqual(
    comparison.rungs.map(({ users }) => users),
    one.map(({ users }) => users),
  );
  // Neither process of a cluster has a core to itself where other work takes both.
  const hadItsCore = alone.busy === 1 && comparison.outcome === 'better';
  if (hadItsCore)
    assert.match(
      comparison.findings[0]?.reasons[0]?.text ?? '',
      /^mode=single has one of .* cores busy; mode=cluster used .* with 2 processes/,
    );
});

const rungsOf = ({ ladder }: Result) => ladder?.rungs ?? [];

/** What the terminal tells, and a program is told, of both runs. */
async function compared(...[reference, candidate]: [Result, Result]): Promise<LadderComparison> {
  const files = [reference, candidate].map((result, i) => {
    const file = path.join(sandbox.folder, `${i}.json`);
    writeFileSync(file, JSON.stringify(result));
    return file;
  });
  const json = path.join(sandbox.folder, 'comparison.json');
  const ended = await sandbox.command(['compare', ...files, '--output', json]);
  assertNoStack(ended);
  const { outcome, ladder }: { outcome: ComparisonOutcome; ladder: LadderComparison } = JSON.parse(
    readFileSync(json, 'utf8'),
  );
  assert.equal(ended.code, { worse: 99, better: 0, same: 0, "can't tell": 3 }[outcome], ended.stdout);
  for (const { users, issue } of rungsOf(reference))
    assert.match(ended.stdout, new RegExp(`^ {2}${users} +mode=single .*${issue ?? 'none'}`, 'm'));
  for (const { better, worse, reasons } of ladder.findings) {
    const told = ended.stdout.replaceAll(/\s+/g, ' ');
    assert.ok(told.includes(`${better.name} is better than ${worse.name} `), told);
    for (const { text } of reasons) assert.ok(told.includes(`→ ${text}`), told);
  }
  return ladder;
}
