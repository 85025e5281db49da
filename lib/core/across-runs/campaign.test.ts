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
const inconclusive = (name: string) =>
  ran(name, 'INCONCLUSIVE', 'p95 is inconclusive', { critical: 'inconclusive' });
const invalid = (name: string) => ran(name, 'INVALID', 'the run was interrupted');
const minor = (name: string) => ran(name, 'CONDITIONAL_GO', 'drift fails', { minor: 'fail' });

const diagnosed = (cause: Cause, parts: Partial<Diagnosis> = {}): Diagnosis => ({
  cause,
  title: cause.replaceAll('-', ' '),
  confidence: 0.9,
  evidence: [],
  recommendation: `mend ${cause}`,
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
const SEVERAL = 'what fails does not come down to one cause';

describe('the overall verdict', () => {
  const cases: [
    what: string,
    tests: CampaignTestResult[],
    expected: Partial<Omit<CampaignVerdict, 'confidence'>> & { confidence?: number | null },
  ][] = [
    ['one test, GO', [go('smoke')], { decision: 'GO', reasons: ['its one test is GO'], confidence: 0.95 }],
    [
      'all GO',
      [go('smoke'), go('peak')],
      { decision: 'GO', reasons: ['all 2 tests are GO'], conditions: [], confidence: 0.95 },
    ],
    [
      'one NO_GO',
      [go('smoke'), noGo('peak')],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails'], conditions: [], confidence: 0.95 },
    ],
    [
      'NO_GO weighs more than what could not be judged',
      [noGo('peak'), invalid('spike'), inconclusive('baseline'), notRun('endurance')],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails'] },
    ],
    [
      'NO_GO weighs more than one common cause',
      [noGo('peak'), explained('spike', pool())],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails'] },
    ],
    [
      'one inconclusive',
      [go('smoke'), inconclusive('peak')],
      {
        decision: 'INCONCLUSIVE',
        reasons: ['peak is inconclusive: p95 is inconclusive'],
        conditions: [],
        confidence: null,
      },
    ],
    [
      'one invalid among others',
      [go('smoke'), invalid('peak')],
      { decision: 'INCONCLUSIVE', reasons: ['peak supports no verdict: the run was interrupted'] },
    ],
    [
      'one not run',
      [go('smoke'), notRun('peak')],
      { decision: 'INCONCLUSIVE', reasons: ['peak was not run'], confidence: null },
    ],
    [
      'what could not be judged weighs more than one common cause',
      [explained('peak', pool()), inconclusive('spike')],
      {
        decision: 'INCONCLUSIVE',
        reasons: ['spike is inconclusive: p95 is inconclusive', `peak fails for: ${POOL}`],
      },
    ],
    [
      'nothing that supports a verdict',
      [invalid('smoke'), notRun('peak')],
      {
        decision: 'INVALID',
        reasons: ['smoke supports no verdict: the run was interrupted', 'peak was not run'],
        confidence: null,
      },
    ],
    [
      'one failure with one fixable cause',
      [go('smoke'), explained('peak', pool())],
      {
        decision: 'CONDITIONAL_GO',
        reasons: [`peak fails for one cause: ${POOL}`],
        conditions: [`${POOL} (peak): mend database-pool-exhausted`],
        confidence: 0.9,
      },
    ],
    [
      'two failures with the same cause and two recommendations: the weakest diagnosis counts',
      [
        explained('peak', pool({ recommendation: 'pool of 40' })),
        explained('spike', pool({ recommendation: 'pool of 25', confidence: 0.84 })),
      ],
      {
        decision: 'CONDITIONAL_GO',
        reasons: [`peak, spike fail for one cause: ${POOL}`],
        conditions: [`${POOL} (peak): pool of 40`, `${POOL} (spike): pool of 25`],
        confidence: 0.84,
      },
    ],
    [
      'two failures with the same cause and the same recommendation',
      [explained('peak', pool()), explained('spike', pool())],
      { decision: 'CONDITIONAL_GO', conditions: [`${POOL} (peak, spike): mend database-pool-exhausted`] },
    ],
    [
      'two failures of several causes each, of which one is common',
      [explained('peak', slow({ confidence: 1 }), pool()), explained('spike', pool())],
      { decision: 'CONDITIONAL_GO', reasons: [`peak, spike fail for one cause: ${POOL}`], confidence: 0.9 },
    ],
    [
      'of two common causes the surer',
      [
        explained('peak', slow({ confidence: 0.8 }), pool()),
        explained('spike', pool(), slow({ confidence: 1 })),
      ],
      { decision: 'CONDITIONAL_GO', reasons: [`peak, spike fail for one cause: ${POOL}`] },
    ],
    [
      'two failures with two causes',
      [explained('peak', pool()), explained('spike', slow())],
      {
        decision: 'NO_GO',
        reasons: [`peak fails for: ${POOL}`, 'spike fails for: slow dependency', SEVERAL],
        confidence: 0.95,
      },
    ],
    [
      'a cause that is not fixable',
      [explained('peak', pool({ fixable: false }))],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails', SEVERAL] },
    ],
    [
      'a cause that is a guess',
      [explained('peak', pool({ confidence: 0.75 }))],
      { decision: 'NO_GO', reasons: ['peak fails: p95 fails', SEVERAL] },
    ],
    [
      'a cause that accounts for something else',
      [explained('peak', pool({ explains: ['error-rate'] }))],
      { decision: 'NO_GO' },
    ],
    [
      'a minor criterion',
      [go('smoke'), minor('endurance')],
      {
        decision: 'CONDITIONAL_GO',
        reasons: ['endurance passes all but minor criteria: drift fails'],
        conditions: ['endurance passes all but minor criteria: drift fails'],
        confidence: 0.95,
      },
    ],
    [
      'a minor criterion without data lowers the confidence',
      [ran('peak', 'GO', 'all critical criteria pass', { minor: 'no data' })],
      { decision: 'GO', confidence: 0.5 },
    ],
    [
      'a minor criterion beside a common cause',
      [minor('endurance'), explained('peak', pool())],
      {
        decision: 'CONDITIONAL_GO',
        reasons: [
          `peak fails for one cause: ${POOL}`,
          'endurance passes all but minor criteria: drift fails',
        ],
        conditions: [
          `${POOL} (peak): mend database-pool-exhausted`,
          'endurance passes all but minor criteria: drift fails',
        ],
      },
    ],
  ];

  for (const [what, tests, { confidence, ...expected }] of cases) {
    test(`${what}: ${expected.decision}`, () => {
      const verdict = judgeCampaign(tests);
      assert.deepEqual({ ...verdict, ...expected }, verdict);
      if (confidence !== undefined) assert.equal(verdict.confidence?.value ?? null, confidence);
    });
  }

  test('confidence is the smallest of the shares that it rests on', () => {
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
        { what: 'criteria with a clear answer', share: 0.75, how: '3 of 4' },
        {
          what: 'level of the intervals',
          share: 0.95,
          how: 'a criterion passes or fails with the whole of its interval',
        },
        { what: `diagnosis: ${POOL}`, share: 0.8, how: 'peak 80.0 %' },
      ],
    });
  });
});

describe('the order of tests', () => {
  const cases: [tests: string[], ordered: string[]][] = [
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
  for (const [tests, ordered] of cases)
    test(`${tests.join(', ') || 'none'}`, () => assert.deepEqual(inCampaignOrder(tests), ordered));
});

describe('settings that differ', () => {
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
    [{ timeScale: 0.15 }, ['time scale was 1 and is 0.15 now']],
    [{ targetSettings: {} }, []],
    [
      { targetSettings: { DB_POOL_MAX: '20', DB_QUERY_HOLD_MS: '50' } },
      ['settings of the reference service was none and is DB_POOL_MAX=20, DB_QUERY_HOLD_MS=50 now'],
    ],
    [{ labels: {} }, ['labels was build=7, instance=t3.medium and is none now']],
    [
      { environment: 'staging', apiUrl: 'https://staging.example.com', vusScale: 1, seed: 2 },
      [
        'environment (TEST_ENV) was local and is staging now',
        'target (API_URL) was a reference service of its own and is https://staging.example.com now',
        'VUs scale was 0.5 and is 1 now',
        'seed was 1 and is 2 now',
      ],
    ],
  ];
  for (const [change, lines] of cases)
    test(lines.join('; ') || `none, with ${Object.keys(change).join() || 'the same'}`, () =>
      assert.deepEqual(settingsDifferences(settings, { ...settings, ...change }), lines),
    );
});
