import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CampaignRun } from '../../lib/core/across-runs/index.ts';
import { Problem } from '../support/problem.ts';
import { campaignOf, campaignRun } from '../testing/campaign.ts';
import { runTestsInSequence } from './sequence.ts';

const TESTS = ['smoke', 'baseline', 'peak'];

interface Case {
  what: string;
  /** What tests came to before. */
  before?: Record<string, Partial<CampaignRun>>;
  /** What they come to now, where that is not GO. */
  now?: Record<string, Partial<CampaignRun>>;
  runs: string[];
  ended: boolean;
}

const cases: Case[] = [
  { what: 'all are run in order', runs: TESTS, ended: true },
  {
    what: 'a test that fails does not keep others from being run',
    now: { baseline: { decision: 'NO_GO' } },
    runs: TESTS,
    ended: true,
  },
  {
    what: 'one whose run crashes neither',
    now: { baseline: { decision: 'INVALID', outcome: 'crashed' } },
    runs: TESTS,
    ended: true,
  },
  { what: 'smoke that fails ends it', now: { smoke: { decision: 'NO_GO' } }, runs: ['smoke'], ended: true },
  {
    what: 'smoke that is anything but GO ends it',
    now: { smoke: { decision: 'CONDITIONAL_GO' } },
    runs: ['smoke'],
    ended: true,
  },
  {
    what: 'an interruption breaks it off',
    now: { baseline: { decision: 'INVALID', outcome: 'interrupted' } },
    runs: ['smoke', 'baseline'],
    ended: false,
  },
  {
    what: 'what is complete is not run again',
    before: { smoke: {}, baseline: { decision: 'NO_GO' } },
    runs: ['peak'],
    ended: true,
  },
  {
    what: 'what was interrupted or crashed is',
    before: { smoke: {}, baseline: { outcome: 'interrupted' }, peak: { outcome: 'crashed' } },
    runs: ['baseline', 'peak'],
    ended: true,
  },
  {
    what: 'smoke that failed before still ends it',
    before: { smoke: { decision: 'NO_GO' } },
    runs: [],
    ended: true,
  },
  {
    what: 'where all is complete nothing is left',
    before: { smoke: {}, baseline: {}, peak: {} },
    runs: [],
    ended: true,
  },
];

const campaignWith = (before: Case['before'] = {}) => {
  const campaign = campaignOf(TESTS);
  for (const one of campaign.tests) if (before[one.test]) one.run = campaignRun(before[one.test]);
  return campaign;
};

for (const { what, before, now = {}, runs, ended } of cases) {
  test(what, async () => {
    const campaign = campaignWith(before);
    const seen: string[] = [];
    const saved: string[][] = [];
    const result = await runTestsInSequence(campaign, {
      async run({ test: name }, place) {
        assert.equal(campaign.tests[place]?.test, name);
        seen.push(name);
        return campaignRun({ id: `now-${name}`, ...now[name] });
      },
      async save({ tests }) {
        saved.push(tests.filter(({ run }) => run?.id.startsWith('now-')).map((one) => one.test));
      },
    });
    assert.equal(result, ended);
    assert.deepEqual(seen, runs);
    assert.deepEqual(
      saved,
      runs.map((_, i) => runs.slice(0, i + 1)),
      'the state was kept after every run',
    );
  });
}

test('a run that cannot be made ends it, and those before it are kept', async () => {
  const campaign = campaignOf(TESTS);
  const run = async ({ test: name }: { test: string }) => {
    if (name === 'baseline') throw new Problem('the target is not healthy');
    return campaignRun();
  };
  await assert.rejects(
    runTestsInSequence(campaign, { run, save: async () => {} }),
    /the target is not healthy/,
  );
  assert.deepEqual(
    campaign.tests.map(({ run: done }) => done !== null),
    [true, false, false],
  );
});
