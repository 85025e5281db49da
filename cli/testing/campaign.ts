import { CAMPAIGN_VERSION, type Campaign, type CampaignRun } from '../../lib/core/across-runs/index.ts';

/** Returns the state of a campaign before the first run. */
export function campaignOf(tests: readonly string[], parts: Partial<Campaign> = {}): Campaign {
  return {
    schemaVersion: CAMPAIGN_VERSION,
    id: '20250118T140000Z-3f9a2c',
    product: 'shop',
    startedAt: '2025-01-18T14:00:00.000Z',
    endedAt: null,
    settings: { environment: 'local', apiUrl: null, timeScale: 1, vusScale: 1, seed: 1, labels: {} },
    variables: ['TEST_ENV', 'API_URL'],
    tests: tests.map((test) => ({ test, plannedMs: 60_000, run: null })),
    verdict: null,
    ...parts,
  };
}

export function campaignRun(parts: Partial<CampaignRun> = {}): CampaignRun {
  return {
    id: '20250118T143000Z-3f9a2c',
    folder: '../../peak/20250118T143000Z-3f9a2c',
    outcome: 'completed',
    decision: 'GO',
    ...parts,
  };
}
