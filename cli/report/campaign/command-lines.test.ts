import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { CampaignSettings } from '../../../lib/core/across-runs/index.ts';
import { campaignOf } from '../../testing/campaign.ts';
import { campaignCommandLine, resumeCommandLine, testCommandLine } from './command-lines.ts';

const plain = campaignOf([]).settings;

const cases: [settings: Partial<CampaignSettings>, before: string, after: string][] = [
  [{}, '', ''],
  [{ timeScale: 0.15, vusScale: 2, seed: 7 }, '', ' --time-scale 0.15 --vus-scale 2 --seed 7'],
  [{ apiUrl: 'http://127.0.0.1:4010' }, 'API_URL=http://127.0.0.1:4010 ', ''],
  [
    { targetSettings: { DB_POOL_MAX: '20', TARGET_FAULTS: 'slow-ai:3000, crash' } },
    "DB_POOL_MAX=20 TARGET_FAULTS='slow-ai:3000, crash' ",
    '',
  ],
  [
    { environment: 'production', apiUrl: 'https://api.example.com' },
    'TEST_ENV=production API_URL=https://api.example.com ',
    ' --allow-production',
  ],
  [
    { labels: { instance: 't3.medium', note: "it's (late)" } },
    '',
    ` --label instance=t3.medium --label 'note=it'\\''s (late)'`,
  ],
];

for (const [settings, before, after] of cases) {
  test(`command lines contain only settings that differ from the defaults: ${before || '(none)'} … ${after || '(none)'}`, () => {
    const campaign = campaignOf(['peak'], { settings: { ...plain, ...settings } });
    assert.equal(campaignCommandLine(campaign), `${before}npm run campaign -- shop${after}`);
    assert.equal(resumeCommandLine(campaign), `${before}npm run campaign -- shop${after} --resume`);
    assert.equal(
      resumeCommandLine(campaign, '/srv/all results'),
      `${before}npm run campaign -- shop${after} --results '/srv/all results' --resume`,
    );
    assert.equal(testCommandLine(campaign, 'peak'), `${before}npm run suite -- run shop/peak${after}`);
  });
}

test('a label that is quoted in a command line is unchanged after a shell parses the line', () => {
  const label = `note=it's $HOME; "so" \\ and so on`;
  const [name, value] = label.split(/=(.*)/s) as [string, string];
  const campaign = campaignOf([], { settings: { ...plain, labels: { [name]: value } } });
  const quoted = campaignCommandLine(campaign).split('--label ')[1];
  assert.equal(execFileSync('sh', ['-c', `printf %s ${quoted}`], { encoding: 'utf8' }), label);
});
