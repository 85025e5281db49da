import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cause, CriterionStatus, Decision, Diagnosis } from '../evidence/index.ts';
import { judgedCriterion, resultOf } from '../testing/evidence.ts';
import {
  type CampaignSettings,
  type CampaignTestResult,
  type CampaignVerdict,
  inCampaignOrder,
  judgeCampaign,
  settingsDifferences,
} from './campaign.ts';

const ran = (
  name: string,
  decision: Decision,
  reason: string,
  parts: { critical?: CriterionStatus; minor?: CriterionStatus; diagnosis?: Diagnosis[] } = {},
): CampaignTestResult => ({
  test: name,
  result: resultOf({
    criteria: [
      judgedCriterion({ id: 'p95', status: parts.critical ?? 'pass' }),
      judgedCriterion({ id: 'drift', status: parts.minor ?? 'pass', severity: 'minor' }),
    ],
    diagnosis: parts.diagnosis ?? [],
    verdict: { decision, reasons: [reason] },
  }),
});

const notRun = (name: string): CampaignTestResult => ({ test: name, result: null });
const go = (name: string) => ran(name, 'GO', 'all 2 criteria pass');
const noGo = (name: string) => ran(name, 'NO_GO', 'p95 fails', { critical: 'fail' });
const inconclusive = (name: string) => ran(name, 'INCONCLUSIVE', 'p95 is inconclusive', { critical: 'inconclusive' });
const invalid = (name: string) => ran(name, 'INVALID', 'the run was interrupted');
const minor = (name: string) => ran(name, 'CONDITIONAL_GO', 'drift fails', { minor: 'fail' });

const diagnosed = (cause: Cause, parts: Partial<Diagnosis> = {}): Diagnosis => ({
  cause,
  title: cause.replaceAll('-', ' '),
  confidence: 0.9,
  evidence: [],
  recommendation: `fix ${cause}`,
  ruledOut: [],
  explains: ['p95'],
  fixable: true,
  ...parts,
});

const explained = (name: string, ...diagnosis: Diagnosis[]) =>
  ran(name, 'CONDITIONAL_GO', 'p95 fails', { critical: 'fail', diagnosis });

const pool = (parts?: Partial<Diagnosis>) => diagnosed('database-pool-exhausted', parts);
const slow = (parts?: Partial<Diagnosis>) => diagnosed('slow-dependency', parts);

const POOL = 'database pool exhausted';
const SEVERAL = 'the failures do not share one fixable cause';

describe('the verdict of a campaign', () => {
  const cases: [
    title: string,
    tests: CampaignTestResult[],
    expected: Partial<Omit<CampaignVerdict, 'confidence'>> & { confidence?: number | null },
  ][] = [
    [
      'with only one test, which is GO',
      [go('smoke')],
      { decision: 'GO', reasons: ['the only test is GO'], confidence: 0.95 },
    ],
    [
      'when all tests are GO',
      [go('smoke'), go('peak')],
      { decision: 'GO', reasons: ['all 2 tests are GO'], conditions: [], confidence: 0.95 },
    ],
    [
      'when one test is NO_GO',
      [go('smoke'), noGo('peak')],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails'], conditions: [], confidence: 0.95 },
    ],
    [
      'when one test is NO_GO and others could not be judged',
      [noGo('peak'), invalid('spike'), inconclusive('baseline'), notRun('endurance')],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails'] },
    ],
    [
      'when one test is NO_GO and another fails for a fixable cause',
      [noGo('peak'), explained('spike', pool())],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails'] },
    ],
    [
      'when one test is inconclusive',
      [go('smoke'), inconclusive('peak')],
      {
        decision: 'INCONCLUSIVE',
        reasons: ['peak is inconclusive: p95 is inconclusive'],
        conditions: [],
        confidence: null,
      },
    ],
    [
      'when one of several tests is invalid',
      [go('smoke'), invalid('peak')],
      { decision: 'INCONCLUSIVE', reasons: ['peak is invalid: the run was interrupted'] },
    ],
    [
      'when one test was not run',
      [go('smoke'), notRun('peak')],
      { decision: 'INCONCLUSIVE', reasons: ['peak was not run'], confidence: null },
    ],
    [
      'when one test could not be judged and another fails for a fixable cause',
      [explained('peak', pool()), inconclusive('spike')],
      {
        decision: 'INCONCLUSIVE',
        reasons: ['spike is inconclusive: p95 is inconclusive', `peak fails (diagnosis: ${POOL})`],
      },
    ],
    [
      'when no test could be judged',
      [invalid('smoke'), notRun('peak')],
      {
        decision: 'INVALID',
        reasons: ['smoke is invalid: the run was interrupted', 'peak was not run'],
        confidence: null,
      },
    ],
    [
      'when one test fails for a fixable cause',
      [go('smoke'), explained('peak', pool())],
      {
        decision: 'CONDITIONAL_GO',
        reasons: [`peak fails because of one cause: ${POOL}`],
        conditions: [`${POOL} (peak): fix database-pool-exhausted`],
        confidence: 0.9,
      },
    ],
    [
      'when two tests fail for the same cause with different recommendations, with the lower confidence',
      [
        explained('peak', pool({ recommendation: 'pool of 40' })),
        explained('spike', pool({ recommendation: 'pool of 25', confidence: 0.84 })),
      ],
      {
        decision: 'CONDITIONAL_GO',
        reasons: [`peak, spike fail because of one cause: ${POOL}`],
        conditions: [`${POOL} (peak): pool of 40`, `${POOL} (spike): pool of 25`],
        confidence: 0.84,
      },
    ],
    [
      'when two tests fail for the same cause with the same recommendation',
      [explained('peak', pool()), explained('spike', pool())],
      { decision: 'CONDITIONAL_GO', conditions: [`${POOL} (peak, spike): fix database-pool-exhausted`] },
    ],
    [
      'when two tests fail for several causes, one of which they share',
      [explained('peak', slow({ confidence: 1 }), pool()), explained('spike', pool())],
      {
        decision: 'CONDITIONAL_GO',
        reasons: [`peak, spike fail because of one cause: ${POOL}`],
        confidence: 0.9,
      },
    ],
    [
      'when two tests share two causes, with the more certain one',
      [explained('peak', slow({ confidence: 0.8 }), pool()), explained('spike', pool(), slow({ confidence: 1 }))],
      { decision: 'CONDITIONAL_GO', reasons: [`peak, spike fail because of one cause: ${POOL}`] },
    ],
    [
      'when two tests fail for different causes',
      [explained('peak', pool()), explained('spike', slow())],
      {
        decision: 'NO_GO',
        reasons: [`peak fails (diagnosis: ${POOL})`, 'spike fails (diagnosis: slow dependency)', SEVERAL],
        confidence: 0.95,
      },
    ],
    [
      'when the cause is not fixable',
      [explained('peak', pool({ fixable: false }))],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails', SEVERAL] },
    ],
    [
      'when the confidence in the cause is low',
      [explained('peak', pool({ confidence: 0.75 }))],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails', SEVERAL] },
    ],
    [
      'when the cause explains a different criterion',
      [explained('peak', pool({ explains: ['error-rate'] }))],
      { decision: 'NO_GO' },
    ],
    [
      'when a minor criterion fails',
      [go('smoke'), minor('endurance')],
      {
        decision: 'CONDITIONAL_GO',
        reasons: ['endurance passes except for minor criteria: drift fails'],
        conditions: ['endurance passes except for minor criteria: drift fails'],
        confidence: 0.95,
      },
    ],
    [
      'when a minor criterion has no data, with lower confidence',
      [ran('peak', 'GO', 'all critical criteria pass', { minor: 'no data' })],
      { decision: 'GO', confidence: 0.5 },
    ],
    [
      'when a minor criterion fails in one test and another test fails for a fixable cause',
      [minor('endurance'), explained('peak', pool())],
      {
        decision: 'CONDITIONAL_GO',
        reasons: [
          `peak fails because of one cause: ${POOL}`,
          'endurance passes except for minor criteria: drift fails',
        ],
        conditions: [
          `${POOL} (peak): fix database-pool-exhausted`,
          'endurance passes except for minor criteria: drift fails',
        ],
      },
    ],
  ];

  for (const [title, tests, { confidence, ...expected }] of cases) {
    test(`the verdict of a campaign is ${expected.decision} ${title}`, () => {
      const verdict = judgeCampaign(tests);
      assert.deepEqual({ ...verdict, ...expected }, verdict);
      if (confidence !== undefined) assert.equal(verdict.confidence?.value ?? null, confidence);
    });
  }

  test('the confidence of a campaign is the smallest share among its factors', () => {
    const { confidence } = judgeCampaign([
      go('smoke'),
      ran('peak', 'CONDITIONAL_GO', 'p95 fails', {
        critical: 'fail',
        minor: 'inconclusive',
        diagnosis: [pool({ confidence: 0.8 })],
      }),
    ]);
    assert.deepEqual(confidence, {
      value: 0.75,
      restsOn: [
        { what: 'tests judged', share: 1, how: '2 of 2' },
        { what: 'criteria that pass or fail', share: 0.75, how: '3 of 4' },
        {
          what: 'confidence level of the intervals',
          share: 0.95,
          how: 'a criterion passes or fails only if its whole interval is on one side of the limit',
        },
        { what: `diagnosis: ${POOL}`, share: 0.8, how: 'peak 80.0 %' },
      ],
    });
  });
});

describe('campaign order', () => {
  const cases: [tests: string[], sorted: string[]][] = [
    [
      ['baseline', 'business-flow', 'endurance', 'peak', 'smoke', 'spike'],
      ['smoke', 'baseline', 'peak', 'spike', 'endurance', 'business-flow'],
    ],
    [
      ['peak', 'smoke'],
      ['smoke', 'peak'],
    ],
    [
      ['rooms', 'spike', 'broadcast', 'baseline'],
      ['baseline', 'spike', 'broadcast', 'rooms'],
    ],
    [[], []],
  ];
  for (const [tests, sorted] of cases)
    test(`inCampaignOrder sorts ${tests.join(', ') || 'no tests'}`, () =>
      assert.deepEqual(inCampaignOrder(tests), sorted));
});

describe('settingsDifferences', () => {
  const settings: CampaignSettings = {
    environment: 'local',
    apiUrl: null,
    timeScale: 1,
    vusScale: 0.5,
    seed: 1,
    labels: { instance: 't3.medium', build: '7' },
  };
  const cases: [change: Partial<CampaignSettings>, lines: string[]][] = [
    [{}, []],
    [{ labels: { build: '7', instance: 't3.medium' } }, []],
    [{ timeScale: 0.15 }, ['time scale: was 1, is now 0.15']],
    [{ targetSettings: {} }, []],
    [
      { targetSettings: { DB_POOL_MAX: '20', DB_QUERY_HOLD_MS: '50' } },
      ['reference service settings: was none, is now DB_POOL_MAX=20, DB_QUERY_HOLD_MS=50'],
    ],
    [{ labels: {} }, ['labels: was build=7, instance=t3.medium, is now none']],
    [
      { environment: 'staging', apiUrl: 'https://staging.example.com', vusScale: 1, seed: 2 },
      [
        'environment (TEST_ENV): was local, is now staging',
        'target (API_URL): was its own reference service, is now https://staging.example.com',
        'VUs scale: was 0.5, is now 1',
        'seed: was 1, is now 2',
      ],
    ],
  ];
  for (const [change, lines] of cases)
    test(
      lines.length > 0
        ? `settingsDifferences reports "${lines.join('; ')}"`
        : `settingsDifferences reports nothing for ${JSON.stringify(change)}`,
      () => assert.deepEqual(settingsDifferences(settings, { ...settings, ...change }), lines),
    );
});
