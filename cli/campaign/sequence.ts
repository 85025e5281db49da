import { type Campaign, type CampaignRun, type CampaignTest, GATE_TEST } from '../../lib/core/across-runs/index.ts';

export interface SequenceCallbacks {
  /** Runs a test of the campaign. @param index the position of the test in the campaign, starting at 0 */
  run(test: CampaignTest, index: number): Promise<CampaignRun>;
  /** Called after each run has been added to the campaign. */
  save(campaign: Campaign): Promise<void>;
}

/**
 * Runs the tests of a campaign that have not completed yet. If the gate test (smoke) is not GO, the remaining tests do
 * not run. A failure of any other test does not end the campaign.
 * @returns false if the campaign was interrupted
 */
export async function runTestsInSequence(campaign: Campaign, { run, save }: SequenceCallbacks): Promise<boolean> {
  for (const [index, test] of campaign.tests.entries()) {
    if (test.run?.outcome !== 'completed') {
      test.run = await run(test, index);
      await save(campaign);
    }
    if (test.run.outcome === 'interrupted') return false;
    if (test.test === GATE_TEST && test.run.decision !== 'GO') return true;
  }
  return true;
}
