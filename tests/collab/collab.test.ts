import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assertValidResult } from '../../cli/results/schema.ts';
import { assertNoStack, assertVerdict, Sandbox } from '../../e2e/sandbox.ts';
import type { ComparisonOutcome, LadderComparison } from '../../lib/core/comparison/index.ts';
import { PM2_COLUMNS, type Result } from '../../lib/core/evidence/index.ts';

const sandbox = new Sandbox();

const MODES = {
  single: {},
  cluster: { TARGET_MODE: 'cluster', TARGET_INSTANCES: '2' },
};
type Mode = keyof typeof MODES;

/** Runs the ladder with 13, 25 and 50 users. Because the users are few, each request takes more work than by default. */
async function runLadder(mode: Mode): Promise<Result> {
  const args = ['--time-scale', '0.08', '--vus-scale', '0.25', '--label', `mode=${mode}`];
  await sandbox.run(['collab/ladder', ...args], {
    env: { COLLAB_WORK_MS: '30', COLLAB_MOST_WAITING: '6', ...MODES[mode] },
  });
  const { result } = sandbox.lastRun;
  assertValidResult(result);
  assert.equal(result.run.outcome, 'completed');
  assert.match(sandbox.lastRun.read('report.md'), new RegExp(`Results by number of users, mode=${mode}`));
  return result;
}

test('collab/smoke covers every endpoint, and all responses match their contracts', async () => {
  assertVerdict(await sandbox.run(['collab/smoke']), 0, 'GO');
  const { result } = sandbox.lastRun;
  assertValidResult(result);
  assert.deepEqual(result.statuses, { 200: 2, 201: 1 });
  assert.deepEqual(result.cleanup?.created, { application: 1 });
});

test('collab/ladder: one process fails at the highest number of users, and compare rates it against a cluster of two', async () => {
  const single = await runLadder('single');
  const cluster = await runLadder('cluster');
  assert.ok(cluster.resources.pm2?.columns[PM2_COLUMNS.online]?.includes(2), 'two processes');

  const [singleRungs, clusterRungs] = [rungsOf(single), rungsOf(cluster)];
  assert.deepEqual(
    singleRungs.map(({ users }) => users),
    clusterRungs.map(({ users }) => users),
  );
  const highestRung = singleRungs.at(-1);
  assert.ok(highestRung);
  assert.ok((highestRung.success ?? 1) < 0.95, `success of a single process: ${highestRung.success}`);

  const comparison = await compareModes(single, cluster);
  assert.deepEqual(
    comparison.rungs.map(({ users }) => users),
    singleRungs.map(({ users }) => users),
  );
  // If other work keeps both cores busy, the cluster does not perform better than a single process.
  const hadFreeCores = highestRung.busy === 1 && comparison.outcome === 'better';
  if (hadFreeCores)
    assert.match(
      comparison.findings[0]?.reasons[0]?.text ?? '',
      /^mode=single has one of .* cores busy; mode=cluster used .* with 2 processes/,
    );
});

const rungsOf = ({ ladder }: Result) => ladder?.rungs ?? [];

/** Compares two runs, and checks that the terminal and the JSON file report the same. */
async function compareModes(...[reference, candidate]: [Result, Result]): Promise<LadderComparison> {
  const files = [reference, candidate].map((result, i) => {
    const file = path.join(sandbox.folder, `${i}.json`);
    writeFileSync(file, JSON.stringify(result));
    return file;
  });
  const json = path.join(sandbox.folder, 'comparison.json');
  const exit = await sandbox.runCommand(['compare', ...files, '--output', json]);
  assertNoStack(exit);
  const { outcome, ladder }: { outcome: ComparisonOutcome; ladder: LadderComparison } = JSON.parse(
    readFileSync(json, 'utf8'),
  );
  assert.equal(exit.code, { worse: 99, better: 0, same: 0, "can't tell": 3 }[outcome], exit.stdout);
  for (const { users, issue } of rungsOf(reference))
    assert.match(exit.stdout, new RegExp(`^ {2}${users} +mode=single .*${issue ?? 'none'}`, 'm'));
  for (const { better, worse, reasons } of ladder.findings) {
    const output = exit.stdout.replaceAll(/\s+/g, ' ');
    assert.ok(output.includes(`${better.name} is better than ${worse.name} `), output);
    for (const { text } of reasons) assert.ok(output.includes(`→ ${text}`), output);
  }
  return ladder;
}
