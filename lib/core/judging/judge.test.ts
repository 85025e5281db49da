import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Criterion, contractsHold } from '../definition/index.ts';
import type { CriterionStatus, Decision, Diagnosis, JudgedCriterion } from '../evidence/index.ts';
import { criterion, diagnosis, evidenceOf, judgedCriterion, repeat, trendOf } from '../testing/evidence.ts';
import { judge, judgeCriterion, statusOf } from './judge.ts';

describe('status of a criterion with the limit 10', () => {
  type Measured = number | null | [low: number, value: number, high: number];
  const cases: Record<Criterion['comparison'], [measured: Measured, status: CriterionStatus][]> = {
    below: [
      [[8, 9, 9.9], 'pass'],
      [[8, 9, 10], 'inconclusive'],
      [[9, 11, 12], 'inconclusive'],
      [[9.9, 10, 10.1], 'inconclusive'],
      [[10, 11, 12], 'fail'],
      [[11, 12, Infinity], 'fail'],
      [[9, 12, Infinity], 'inconclusive'],
      [9.9, 'pass'],
      [10, 'fail'],
      [null, 'no data'],
    ],
    above: [
      [[10.1, 11, 12], 'pass'],
      [[10, 11, 12], 'inconclusive'],
      [[8, 9, 11], 'inconclusive'],
      [[8, 9, 10], 'fail'],
      [[11, 11, Infinity], 'pass'],
      [[10, 10, Infinity], 'inconclusive'],
      [[8, 8, Infinity], 'inconclusive'],
      [10.1, 'pass'],
      [10, 'fail'],
      [null, 'no data'],
    ],
    'at-most': [
      [[8, 9, 10], 'pass'],
      [[9, 10, 11], 'inconclusive'],
      [[10, 11, 12], 'inconclusive'],
      [[10.1, 11, 12], 'fail'],
      [10, 'pass'],
      [10.1, 'fail'],
      [null, 'no data'],
    ],
  };
  for (const [comparison, rows] of Object.entries(cases) as [Criterion['comparison'], (typeof cases)['above']][]) {
    for (const [measured, status] of rows) {
      test(`criterion with the limit 10, ${comparison}, measured ${Array.isArray(measured) ? measured.join(' – ') : measured}: ${status}`, () => {
        const [low, value, high] = Array.isArray(measured) ? measured : [measured, measured, measured];
        const interval = Array.isArray(measured) ? { low: low as number, high: high as number } : null;
        const judged = criterion({ comparison, limit: 10 });
        assert.equal(statusOf(judged, { value, interval, samples: 1 }), status);
      });
    }
  }

  test('a criterion on a count that can only grow fails above its limit, even with too few samples', () => {
    const judged = criterion({ comparison: 'at-most', limit: 10, minSamples: 5 });
    const counted = { interval: null, samples: 4 };
    assert.equal(statusOf(judged, { ...counted, value: 11, onlyGrows: true }), 'fail');
    assert.equal(statusOf(judged, { ...counted, value: 10, onlyGrows: true }), 'no data');
    assert.equal(statusOf(judged, { ...counted, value: 11 }), 'no data');
  });

  test('a criterion with too few samples has the status "no data", whatever the value', () => {
    const judged = criterion({ limit: 10, minSamples: 5 });
    for (const value of [1, 100]) {
      assert.equal(statusOf(judged, { value, interval: null, samples: 4 }), 'no data');
      assert.notEqual(statusOf(judged, { value, interval: null, samples: 5 }), 'no data');
    }
  });
});

describe('a judged criterion', () => {
  const fast = (samples: number) => evidenceOf({ totals: { responseTimeMs: trendOf(repeat(samples, 100)) } });

  test('a judged criterion has the fields of the criterion and the measured values, but not the measure', () => {
    const definition = criterion({ minSamples: 200 });
    const { measure, ...fields } = definition;
    assert.deepEqual(judgeCriterion(fast(1000), definition), {
      ...fields,
      kind: measure.kind,
      status: 'pass',
      value: 100,
      interval: { low: 100, high: 100 },
      samples: 1000,
      note: null,
    });
  });

  test('a criterion with too few samples has a note on how many are required', () => {
    const { note, value } = judgeCriterion(fast(199), criterion({ minSamples: 200 }));
    assert.equal(value, 100);
    assert.equal(note, 'only 199 samples, but at least 200 are required');
    assert.equal(judgeCriterion(fast(200), criterion({ minSamples: 200 })).note, null);
    const broken = evidenceOf({ contracts: { broken: 1, checked: 5 } });
    assert.equal(judgeCriterion(broken, contractsHold(6)).note, null, 'enough samples to fail');
  });
});

describe('verdict', () => {
  const critical = (status: CriterionStatus) =>
    judgedCriterion({ id: `critical-${status}`, status, title: `critical ${status}` });
  const minor = (status: CriterionStatus) =>
    judgedCriterion({ id: `minor-${status}`, status, severity: 'minor', title: `minor ${status}` });
  const p99 = judgedCriterion({ id: 'p99', status: 'fail', title: 'p99' });
  const both = ['critical fail fails', 'p99 fails'];
  const crashed = evidenceOf({ run: { outcome: 'crashed', outcomeReason: 'k6 panicked' } });
  const cause = (parts: Partial<Diagnosis> = {}) =>
    diagnosis({
      title: 'Pool too small',
      recommendation: 'Raise it by 1.5 times. That is enough. For now.',
      explains: ['critical-fail'],
      fixable: true,
      ...parts,
    });
  const condition =
    'Raise it by 1.5 times, then rerun this test: "Pool too small" alone explains every failed critical criterion';

  const cases: [
    situation: string,
    criteria: JudgedCriterion[],
    decision: Decision,
    reasons: string[],
    diagnosis?: Diagnosis[],
  ][] = [
    ['all criteria pass', [critical('pass'), minor('pass')], 'GO', ['all 2 criteria pass']],
    ['no criteria', [], 'INCONCLUSIVE', ['the test has no criteria']],
    ['a minor criterion fails', [critical('pass'), minor('fail')], 'CONDITIONAL_GO', ['minor fail fails (minor)']],
    [
      'a count and a window share fail, whose titles take a plural verb',
      [
        judgedCriterion({ title: 'timeouts', unit: 'count', status: 'fail' }),
        judgedCriterion({ title: 'windows with few errors', kind: 'window-share', status: 'fail' }),
      ],
      'NO_GO',
      ['timeouts fail', 'windows with few errors fail'],
    ],
    [
      'only minor criteria are undecided',
      [minor('inconclusive'), critical('pass'), minor('no data')],
      'GO',
      ['all critical criteria pass', 'minor inconclusive is inconclusive (minor)', 'minor no data has no data (minor)'],
    ],
    [
      'the only criterion is minor and undecided',
      [minor('no data')],
      'INCONCLUSIVE',
      ['minor no data has no data (minor)'],
    ],
    [
      'one minor criterion fails and another has no data',
      [minor('no data'), minor('fail'), critical('pass')],
      'CONDITIONAL_GO',
      ['minor no data has no data (minor)', 'minor fail fails (minor)'],
    ],
    [
      'a critical criterion is inconclusive',
      [critical('pass'), critical('inconclusive')],
      'INCONCLUSIVE',
      ['critical inconclusive is inconclusive'],
    ],
    ['a critical criterion has no data', [critical('no data')], 'INCONCLUSIVE', ['critical no data has no data']],
    [
      'a critical criterion is inconclusive and a minor one fails',
      [minor('fail'), critical('inconclusive')],
      'INCONCLUSIVE',
      ['critical inconclusive is inconclusive'],
    ],
    [
      'a critical criterion fails, and others are inconclusive or have no data',
      [critical('no data'), critical('fail'), critical('inconclusive'), minor('fail')],
      'NO_GO',
      ['critical fail fails'],
    ],
    ['several critical criteria fail', [critical('fail'), critical('fail')], 'NO_GO', repeat(2, 'critical fail fails')],
    [
      'one fixable cause explains all failures',
      [critical('fail'), critical('pass'), critical('fail')],
      'CONDITIONAL_GO',
      [condition, ...repeat(2, 'critical fail fails')],
      [cause()],
    ],
    [
      'the fixable cause that explains all failures is not the most likely one',
      [critical('fail')],
      'CONDITIONAL_GO',
      [condition, 'critical fail fails'],
      [diagnosis({ explains: [] }), cause({ confidence: 0.8 })],
    ],
    [
      'one fixable cause explains all failures, and other criteria that do not pass are listed',
      [minor('fail'), critical('fail'), critical('inconclusive'), minor('no data')],
      'CONDITIONAL_GO',
      [
        condition,
        'critical fail fails',
        'critical inconclusive is inconclusive',
        'minor fail fails (minor)',
        'minor no data has no data (minor)',
      ],
      [cause()],
    ],
    [
      'one fixable cause explains the failure, but another critical criterion has no data',
      [critical('fail'), critical('no data')],
      'NO_GO',
      ['critical fail fails'],
      [cause()],
    ],
    [
      'the fixable cause has too little confidence',
      [critical('fail')],
      'NO_GO',
      ['critical fail fails'],
      [cause({ confidence: 0.75 })],
    ],
    ['the cause is not fixable', [critical('fail')], 'NO_GO', ['critical fail fails'], [cause({ fixable: false })]],
    ['the fixable cause explains only some failures', [critical('fail'), p99], 'NO_GO', both, [cause()]],
    [
      'two fixable causes each explain some failures',
      [critical('fail'), p99],
      'NO_GO',
      both,
      [cause(), cause({ explains: ['p99'] })],
    ],
    [
      'there is a fixable cause, but nothing fails',
      [critical('pass')],
      'GO',
      ['the only criterion passes'],
      [cause({ explains: [] })],
    ],
  ];
  for (const [situation, criteria, decision, reasons, diagnoses = []] of cases) {
    test(`verdict if ${situation}: ${decision}`, () => {
      assert.deepEqual(judge(evidenceOf(), criteria, diagnoses), { decision, reasons });
    });
    test(`verdict if ${situation}, in a run that crashed: INVALID`, () => {
      assert.deepEqual(judge(crashed, criteria, diagnoses), {
        decision: 'INVALID',
        reasons: ['the run crashed: k6 panicked'],
      });
    });
  }
});
