import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CampaignRun } from '../../lib/core/across-runs/index.ts';
import { Problem } from '../support/problem.ts';
import { campaignOf, campaignRun } from '../testing/campaign.ts';
import { runTestsInSequence } from './sequence.ts';

const TESTS = ['smoke', 'baseline', 'peak'];

interface Case {
  title: string;
  /** For each test, the run that the campaign contains before it is resumed. */
  before?: Record<string, Partial<CampaignRun>>;
  /** For each test, how the new run differs from a completed run with decision GO. */
  now?: Record<string, Partial<CampaignRun>>;
  runs: string[];
  ended: boolean;
}

const cases: Case[] = [
  { title: 'all tests run in order', runs: TESTS, ended: true },
  {
    title: 'a failed test does not end the campaign',
    now: { baseline: { decision: 'NO_GO' } },
    runs: TESTS,
    ended: true,
  },
  {
    title: 'a crashed run does not end the campaign',
    now: { baseline: { decision: 'INVALID', outcome: 'crashed' } },
    runs: TESTS,
    ended: true,
  },
  {
    title: 'a failed smoke test ends the campaign',
    now: { smoke: { decision: 'NO_GO' } },
    runs: ['smoke'],
    ended: true,
  },
  {
    title: 'a smoke test with any verdict except GO ends the campaign',
    now: { smoke: { decision: 'CONDITIONAL_GO' } },
    runs: ['smoke'],
    ended: true,
  },
  {
    title: 'an interruption leaves the campaign unfinished',
    now: { baseline: { decision: 'INVALID', outcome: 'interrupted' } },
    runs: ['smoke', 'baseline'],
    ended: false,
  },
  {
    title: 'completed tests do not run again',
    before: { smoke: {}, baseline: { decision: 'NO_GO' } },
    runs: ['peak'],
    ended: true,
  },
  {
    title: 'interrupted and crashed tests run again',
    before: { smoke: {}, baseline: { outcome: 'interrupted' }, peak: { outcome: 'crashed' } },
    runs: ['baseline', 'peak'],
    ended: true,
  },
  {
    title: 'a smoke test that failed before still ends the campaign',
    before: { smoke: { decision: 'NO_GO' } },
    runs: [],
    ended: true,
  },
  {
    title: 'nothing runs if all tests are completed',
    before: { smoke: {}, baseline: {}, peak: {} },
    runs: [],
    ended: true,
  },
];

const campaignWith = (before: Case['before'] = {}) => {
  const campaign = campaignOf(TESTS);
  for (const test of campaign.tests) if (before[test.test]) test.run = campaignRun(before[test.test]);
  return campaign;
};

for (const { title, before, now = {}, runs, ended } of cases) {
  test(`campaign sequence: ${title}`, async () => {
    const campaign = campaignWith(before);
    const started: string[] = [];
    const saved: string[][] = [];
    const result = await runTestsInSequence(campaign, {
      async run({ test: name }, index) {
        assert.equal(campaign.tests[index]?.test, name);
        started.push(name);
        return campaignRun({ id: `now-${name}`, ...now[name] });
      },
      async save({ tests }) {
        saved.push(tests.filter(({ run }) => run?.id.startsWith('now-')).map(({ test: name }) => name));
      },
    });
    assert.equal(result, ended);
    assert.deepEqual(started, runs);
    assert.deepEqual(
      saved,
      runs.map((_, i) => runs.slice(0, i + 1)),
      'the state was saved after every run',
    );
  });
}

test('a run that cannot start ends the campaign and keeps the earlier runs', async () => {
  const campaign = campaignOf(TESTS);
  const run = async ({ test: name }: { test: string }) => {
    if (name === 'baseline') throw new Problem('the target is not healthy');
    return campaignRun();
  };
  await assert.rejects(runTestsInSequence(campaign, { run, save: async () => {} }), /the target is not healthy/);
  assert.deepEqual(
    campaign.tests.map((campaignTest) => campaignTest.run !== null),
    [true, false, false],
  );
});
