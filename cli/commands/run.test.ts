import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CriterionStatus, Decision, JudgedCriterion, RunOutcome } from '../../lib/core/evidence/index.ts';
import { judgedCriterion, resultOf } from '../../lib/core/testing/evidence.ts';
import { exitCodeOf } from './run.ts';

const critical = (status: CriterionStatus) => judgedCriterion({ status });
const minor = (status: CriterionStatus) => judgedCriterion({ status, severity: 'minor' });

const cases: [outcome: RunOutcome, decision: Decision, criteria: JudgedCriterion[], code: number][] = [
  ['completed', 'GO', [critical('pass')], 0],
  ['completed', 'CONDITIONAL_GO', [critical('pass'), minor('fail')], 0],
  ['completed', 'CONDITIONAL_GO', [critical('fail')], 99],
  ['completed', 'NO_GO', [critical('pass'), critical('fail')], 99],
  ['completed', 'INCONCLUSIVE', [critical('inconclusive'), minor('fail')], 3],
  ['completed', 'INVALID', [critical('fail')], 3],
  ['completed', 'INVALID', [critical('pass')], 3],
  ['crashed', 'INVALID', [critical('fail')], 3],
  ['aborted', 'INVALID', [critical('no data')], 3],
  ['interrupted', 'INVALID', [critical('fail')], 130],
];

for (const [outcome, decision, criteria, code] of cases) {
  const statuses = criteria.map(({ severity, status }) => `${severity} ${status}`).join(' and ');
  test(`a run with outcome ${outcome}, decision ${decision} and criteria ${statuses} exits with ${code}`, () => {
    const result = resultOf({ run: { outcome }, criteria, verdict: { decision, reasons: [] } });
    assert.equal(exitCodeOf(result), code);
  });
}
