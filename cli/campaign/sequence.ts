import {
  type Campaign,
  type CampaignRun,
  type CampaignTest,
  GATE_TEST,
} from '../../lib/core/across-runs/index.ts';

export interface SequenceCallbacks {
  /** @param place from 0 */
  run(test: CampaignTest, place: number): Promise<CampaignRun>;
  /** Called after each run, which is in the campaign by then. */
  save(campaign: Campaign): Promise<void>;
}

/**
 * Runs the tests of a campaign that have no complete result yet. A test that fails ends nothing, for all are evidence;
 * only the gate does.
 * @returns whether it came to its end
 */
export async function runTestsInSequence(
  campaign: Campaign,
  { run, save }: SequenceCallbacks,
): Promise<boolean> {
  for (const [place, test] of campaign.tests.entries()) {
    if (test.run?.outcome !== 'completed') {
      test.run = await run(test, place);
      await save(campaign);
    }
    if (test.run.outcome === 'interrupted') return false;
    if (test.test === GATE_TEST && test.run.decision !== 'GO') return true;
  }
  return true;
}
