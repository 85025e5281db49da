import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CampaignTestResult, judgeCampaign } from '../../lib/core/across-runs/index.ts';
import type { CriterionStatus, Decision, RunOutcome } from '../../lib/core/evidence/index.ts';
import { judgedCriterion, resultOf } from '../../lib/core/testing/evidence.ts';
import { exitCodeOfCampaign } from './campaign.ts';

const ran = (
  decision: Decision,
  status: CriterionStatus = 'pass',
  outcome: RunOutcome = 'completed',
): CampaignTestResult => ({
  test: decision,
  result: resultOf({
    run: { outcome },
    criteria: [judgedCriterion({ status })],
    verdict: { decision, reasons: [] },
  }),
});
const notRun: CampaignTestResult = { test: 'not run', result: null };
const interrupted = ran('INVALID', 'fail', 'interrupted');

const cases: [situation: string, tests: CampaignTestResult[], code: number][] = [
  ['all tests are GO', [ran('GO'), ran('GO')], 0],
  ['only minor criteria fail', [ran('GO'), ran('CONDITIONAL_GO')], 0],
  ['a critical criterion fails', [ran('GO'), ran('NO_GO', 'fail')], 99],
  ['a critical criterion fails with a known cause', [ran('GO'), ran('CONDITIONAL_GO', 'fail')], 99],
  ['one test fails and others cannot be judged', [ran('INVALID'), ran('NO_GO', 'fail'), ran('INCONCLUSIVE')], 99],
  ['one test is inconclusive', [ran('GO'), ran('INCONCLUSIVE', 'inconclusive')], 3],
  ['one test is invalid and its critical criterion fails', [ran('GO'), ran('INVALID', 'fail')], 3],
  ['the smoke test is CONDITIONAL GO and the other tests did not run', [ran('CONDITIONAL_GO'), notRun], 3],
  ['the campaign was interrupted', [ran('NO_GO', 'fail'), interrupted, notRun], 130],
];

for (const [situation, tests, code] of cases)
  test(`a campaign exits with ${code} if ${situation}`, () =>
    assert.equal(exitCodeOfCampaign(tests, judgeCampaign(tests)), code));
