import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Criterion, contractsHold } from '../definition/index.ts';
import type { CriterionStatus, Decision, Diagnosis, JudgedCriterion } from '../evidence/index.ts';
import { criterion, diagnosis, evidenceOf, judgedCriterion, repeat, trendOf } from '../testing/evidence.ts';
import { judge, judgeCriterion, statusOf } from './judge.ts';

describe('status of a criterion with the limit 10', () => {
  type Seen = number | null | [low: number, value: number, high: number];
  const cases: Record<Criterion['comparison'], [seen: Seen, status: CriterionStatus][]> = {
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
  for (const [comparison, rows] of Object.entries(cases) as [
    Criterion['comparison'],
    (typeof cases)['above'],
  ][]) {
    for (const [seen, status] of rows) {
      test(`${comparison}, ${Array.isArray(seen) ? seen.join(' – ') : seen}: ${status}`, () => {
        const [low, value, high] = Array.isArray(seen) ? seen : [seen, seen, seen];
        const interval = Array.isArray(seen) ? { low: low as number, high: high as number } : null;
        const wanted = criterion({ comparison, limit: 10 });
        assert.equal(statusOf(wanted, { value, interval, samples: 1 }), status);
      });
    }
  }

  test('a count that can only grow fails once it is beyond its limit, with however few samples', () => {
    const wanted = criterion({ comparison: 'at-most', limit: 10, minSamples: 5 });
    const counted = { interval: null, samples: 4 };
    assert.equal(statusOf(wanted, { ...counted, value: 11, onlyGrows: true }), 'fail');
    assert.equal(statusOf(wanted, { ...counted, value: 10, onlyGrows: true }), 'no data');
    assert.equal(statusOf(wanted, { ...counted, value: 11 }), 'no data');
  });

  test('too few samples are no data, whatever their value', () => {
    const wanted = criterion({ limit: 10, minSamples: 5 });
    for (const value of [1, 100]) {
      assert.equal(statusOf(wanted, { value, interval: null, samples: 4 }), 'no data');
      assert.notEqual(statusOf(wanted, { value, interval: null, samples: 5 }), 'no data');
    }
  });
});

describe('a judged criterion', () => {
  const fast = (samples: number) => evidenceOf({ totals: { durationMs: trendOf(repeat(samples, 100)) } });

  test('holds its promise, what was measured, and no code for how', () => {
    const wanted = criterion({ minSamples: 200 });
    const { measure, ...promise } = wanted;
    assert.deepEqual(judgeCriterion(fast(1000), wanted), {
      ...promise,
      kind: measure.kind,
      status: 'pass',
      value: 100,
      interval: { low: 100, high: 100 },
      samples: 1000,
      note: null,
    });
  });

  test('says how many samples it would have taken', () => {
    const { note, value } = judgeCriterion(fast(199), criterion({ minSamples: 200 }));
    assert.equal(value, 100);
    assert.equal(note, 'fewer than the 200 samples that it takes');
    assert.equal(judgeCriterion(fast(200), criterion({ minSamples: 200 })).note, null);
    const broken = evidenceOf({ contracts: { broken: 1, checked: 5 } });
    assert.equal(judgeCriterion(broken, contractsHold(6)).note, null, 'as many as it takes to fail');
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
    'Raise it by 1.5 times, then run this test again: "Pool too small" alone accounts for all that fails';

  const cases: [
    what: string,
    criteria: JudgedCriterion[],
    decision: Decision,
    reasons: string[],
    diagnosis?: Diagnosis[],
  ][] = [
    ['everything passes', [critical('pass'), minor('pass')], 'GO', ['all 2 criteria pass']],
    ['there is none', [], 'INCONCLUSIVE', ['there are no criteria']],
    ['a minor one fails', [critical('pass'), minor('fail')], 'CONDITIONAL_GO', ['minor fail fails (minor)']],
    [
      'what is counted is told of in the plural',
      [
        judgedCriterion({ title: 'timeouts', unit: 'count', status: 'fail' }),
        judgedCriterion({ title: 'windows with few errors', kind: 'window-share', status: 'fail' }),
      ],
      'NO_GO',
      ['timeouts fail', 'windows with few errors fail'],
    ],
    [
      'minor ones say nothing',
      [minor('inconclusive'), critical('pass'), minor('no data')],
      'GO',
      [
        'all critical criteria pass',
        'minor inconclusive is inconclusive (minor)',
        'minor no data has no data (minor)',
      ],
    ],
    [
      'there are minor ones alone, and they say nothing',
      [minor('no data')],
      'INCONCLUSIVE',
      ['minor no data has no data (minor)'],
    ],
    [
      'a minor one fails and another says nothing',
      [minor('no data'), minor('fail'), critical('pass')],
      'CONDITIONAL_GO',
      ['minor no data has no data (minor)', 'minor fail fails (minor)'],
    ],
    [
      'a critical one is inconclusive',
      [critical('pass'), critical('inconclusive')],
      'INCONCLUSIVE',
      ['critical inconclusive is inconclusive'],
    ],
    ['a critical one has no data', [critical('no data')], 'INCONCLUSIVE', ['critical no data has no data']],
    [
      'a critical one is inconclusive and a minor one fails',
      [minor('fail'), critical('inconclusive')],
      'INCONCLUSIVE',
      ['critical inconclusive is inconclusive'],
    ],
    [
      'a critical one fails, others are inconclusive or have no data',
      [critical('no data'), critical('fail'), critical('inconclusive'), minor('fail')],
      'NO_GO',
      ['critical fail fails'],
    ],
    [
      'several critical ones fail',
      [critical('fail'), critical('fail')],
      'NO_GO',
      repeat(2, 'critical fail fails'),
    ],
    [
      'one cause that can be mended accounts for all that fails',
      [critical('fail'), critical('pass'), critical('fail')],
      'CONDITIONAL_GO',
      [condition, ...repeat(2, 'critical fail fails')],
      [cause()],
    ],
    [
      'so it does, and is not the first that is named',
      [critical('fail')],
      'CONDITIONAL_GO',
      [condition, 'critical fail fails'],
      [diagnosis({ explains: [] }), cause({ confidence: 0.8 })],
    ],
    [
      'so it does, and others do not pass either: they are told',
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
      'it accounts for the failure, and another critical one was not seen at all',
      [critical('fail'), critical('no data')],
      'NO_GO',
      ['critical fail fails'],
      [cause()],
    ],
    ['it is a guess', [critical('fail')], 'NO_GO', ['critical fail fails'], [cause({ confidence: 0.75 })]],
    [
      'no setting mends it',
      [critical('fail')],
      'NO_GO',
      ['critical fail fails'],
      [cause({ fixable: false })],
    ],
    ['it accounts for a part of the failures', [critical('fail'), p99], 'NO_GO', both, [cause()]],
    [
      'two causes account for a part each',
      [critical('fail'), p99],
      'NO_GO',
      both,
      [cause(), cause({ explains: ['p99'] })],
    ],
    [
      'there is a cause to mend, and nothing fails',
      [critical('pass')],
      'GO',
      ['its one criterion passes'],
      [cause({ explains: [] })],
    ],
  ];
  for (const [what, criteria, decision, reasons, known = []] of cases) {
    test(`${what}: ${decision}`, () => {
      assert.deepEqual(judge(evidenceOf(), criteria, known), { decision, reasons });
    });
    test(`${what}, in a run that crashed: INVALID`, () => {
      assert.deepEqual(judge(crashed, criteria, known), {
        decision: 'INVALID',
        reasons: ['the run crashed: k6 panicked'],
      });
    });
  }
});
