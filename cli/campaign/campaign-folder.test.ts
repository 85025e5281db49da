import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Campaign, judgeCampaign } from '../../lib/core/across-runs/index.ts';
import { resultOf } from '../../lib/core/testing/evidence.ts';
import { campaignOf, campaignRun } from '../testing/campaign.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { CampaignFolder, isCampaignFolder, latestUnfinishedCampaign, loadCampaign } from './campaign-folder.ts';

/** Writes a campaign folder in which the smoke test has a result. */
async function writeCampaign(results: string, parts: Partial<Campaign> = {}): Promise<CampaignFolder> {
  const campaign = campaignOf(['smoke', 'peak'], parts);
  const folder = CampaignFolder.forCampaign(results, campaign);
  const result = resultOf({ run: { test: 'smoke' } });
  const runFolder = path.join(results, campaign.product, 'smoke', result.run.id);
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(path.join(runFolder, 'result.json'), JSON.stringify(result));
  const [smoke] = campaign.tests;
  if (smoke) smoke.run = campaignRun({ id: result.run.id, folder: folder.relativePath(runFolder) });
  await folder.write(campaign);
  return folder;
}

describe('the state of a campaign', () => {
  test('the state of a campaign is written atomically, and loading it also loads the results', async (t) => {
    const folder = await writeCampaign(temporaryFolder(t));
    assert.deepEqual(readdirSync(folder.path), ['campaign.json']);
    const { campaign, tests } = await loadCampaign(folder.path);
    assert.equal(campaign.tests[0]?.run?.folder, '../../smoke/20250118T143000Z-3f9a2c');
    assert.deepEqual(
      tests.map(({ test: name, result }) => [name, result?.run.test]),
      [
        ['smoke', 'smoke'],
        ['peak', undefined],
      ],
    );
  });

  test('the state of a campaign can contain a verdict with or without a confidence', async (t) => {
    const results = temporaryFolder(t);
    for (const result of [null, resultOf()]) {
      const verdict = judgeCampaign([{ test: 'smoke', result }]);
      const campaign = campaignOf(['smoke'], { verdict, endedAt: '2025-01-18T15:00:00Z' });
      const folder = CampaignFolder.forCampaign(results, campaign);
      await folder.write(campaign);
      assert.deepEqual((await folder.read()).verdict, verdict);
    }
  });

  test('an invalid campaign state is neither written nor read', async (t) => {
    const results = temporaryFolder(t);
    const campaign = campaignOf([]);
    const folder = CampaignFolder.forCampaign(results, campaign);
    await assert.rejects(folder.write(campaign), /not a valid campaign: \/tests/);
    assert.equal(isCampaignFolder(folder.path), false);
    mkdirSync(folder.path, { recursive: true });
    for (const text of ['{"schemaVersion": 2}', '{', '']) {
      writeFileSync(folder.stateFile, text);
      await assert.rejects(loadCampaign(folder.path), problem(/campaign\.json cannot be read as a campaign/));
    }
  });

  test('reading the results of a campaign fails if a run folder is missing, and the error names the folder', async (t) => {
    const results = temporaryFolder(t);
    const folder = await writeCampaign(results);
    const { campaign } = await loadCampaign(folder.path);
    const [smoke] = campaign.tests;
    assert.ok(smoke?.run && folder.hasResult(smoke.run));
    const moved = { ...smoke.run, folder: '../../smoke/gone' };
    assert.equal(folder.hasResult(moved), false);
    await assert.rejects(
      folder.readResults({ ...campaign, tests: [{ ...smoke, run: moved }] }),
      problem(/gone does not exist/),
    );
  });
});

describe('latestUnfinishedCampaign', () => {
  const ENDED = { endedAt: '2025-01-18T15:00:00.000Z' };

  test('latestUnfinishedCampaign returns the latest campaign that has not ended', async (t) => {
    const results = temporaryFolder(t);
    await writeCampaign(results, { id: '20250118T140000Z-000001' });
    await writeCampaign(results, { id: '20250118T150000Z-000002' });
    await writeCampaign(results, { id: '20250118T160000Z-000003', ...ENDED });
    mkdirSync(path.join(results, 'shop', 'campaigns', '20250118T170000Z-000004'));
    const { campaign, folder } = await latestUnfinishedCampaign(results, 'shop');
    assert.equal(campaign.id, '20250118T150000Z-000002');
    assert.deepEqual(JSON.parse(readFileSync(folder.stateFile, 'utf8')), campaign);
  });

  test('latestUnfinishedCampaign fails if the product has no unfinished campaign', async (t) => {
    const results = temporaryFolder(t);
    const none = problem(/^There is no unfinished campaign of shop in .*Start a new one without --resume\.$/);
    await assert.rejects(latestUnfinishedCampaign(results, 'shop'), none);
    await writeCampaign(results, ENDED);
    await assert.rejects(latestUnfinishedCampaign(results, 'shop'), none);
    await writeCampaign(results, { product: 'other' });
    await assert.rejects(latestUnfinishedCampaign(results, 'shop'), none);
  });
});
