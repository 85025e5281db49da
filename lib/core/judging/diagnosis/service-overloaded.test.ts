import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorRateBelow } from '../../definition/index.ts';
import type { Evidence } from '../../evidence/index.ts';
import {
  diagnosisWithCause,
  failedCriterion,
  type HealthyRunChanges,
  healthyRunWith,
  secondsBetween,
  testDiagnoses,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

/** The service accepts up to 30 requests per second; the test sends fewer than that in the first 20 s. */
const SENT = (s: number) => (s < 20 ? 25 : 60);
const REFUSED = (s: number) => (s < 20 ? 0 : 30);

const refusing = (reason: string, parts: HealthyRunChanges & { code?: string } = {}): Evidence =>
  healthyRunWith({
    requests: SENT,
    errors: [{ kind: 'server-error', code: parts.code ?? '503', reason, each: REFUSED }],
    ...parts,
  });

/** Requests beyond the limit time out instead of being refused. */
const timingOut = (parts: HealthyRunChanges = {}): Evidence =>
  healthyRunWith({ requests: SENT, errors: [{ kind: 'timeout', code: '1050', each: REFUSED }], ...parts });

/** A 503 response without a reason has its kind as the reason. */
const NO_REASON = 'server-error';
const EXHAUSTED_POOL: HealthyRunChanges = {
  target: {
    connectionsActive: (s) => (secondsBetween(20, 60)(s) ? 20 : 0),
    connectionsWaiting: (s) => (secondsBetween(20, 60)(s) ? 40 : 0),
  },
};
const BUSY: HealthyRunChanges = { target: { cpuSeconds: (s) => 0.99 * s } };
const LITTLE_FREE_CPU: HealthyRunChanges = { target: { cpuSeconds: (s) => 0.8 * s } };
const CPU_NOT_MEASURED: HealthyRunChanges = { silent: () => true };
/** The same share of requests fails at any rate, which points to another cause. */
const CONSTANT_SHARE: HealthyRunChanges = {
  requests: SENT,
  errors: [{ kind: 'server-error', code: '503', each: (s) => 0.4 * SENT(s) }],
};

describe('requests that an overloaded service refuses', () => {
  testDiagnosisRule(test, 'service-overloaded', {
    found: {
      'errors that report an overload': refusing('overloaded'),
      'errors that report a full queue': refusing('the request queue is full'),
      '503 without a reason, at a ceiling, with free CPU': refusing(NO_REASON),
      'only timeouts, at a ceiling, with free CPU': timingOut(),
      'errors that report an overload, without CPU measurements': refusing('overloaded', CPU_NOT_MEASURED),
      'errors that report an overload, with little free CPU': refusing('overloaded', LITTLE_FREE_CPU),
    },
    absent: {
      'timeouts of a constant share of the requests': {
        ...CONSTANT_SHARE,
        errors: [{ kind: 'timeout', each: (s) => 0.4 * SENT(s) }],
      },
      '503 without a reason for a constant share of the requests': CONSTANT_SHARE,
      '503 without a reason, at a ceiling, without CPU measurements': refusing(NO_REASON, CPU_NOT_MEASURED),
      '503 without a reason, at a ceiling, with little free CPU': refusing(NO_REASON, LITTLE_FREE_CPU),
      '503 with another reason': refusing('maintenance'),
      'another status': refusing('overloaded', { code: '500' }),
      'fewer than one in a hundred requests': {
        errors: [{ kind: 'server-error', code: '503', reason: 'overloaded', each: (s) => (s % 5 === 0 ? 1 : 0) }],
      },
      'a healthy run': {},
    },
  });
  testDiagnoses(test, [
    ['timeouts at the ceiling of an exhausted pool', timingOut(EXHAUSTED_POOL), ['database-pool-exhausted']],
    ['overload with a saturated CPU', refusing('overloaded', BUSY), ['cpu-saturated']],
    [
      'overload with a lagging event loop',
      refusing('overloaded', { target: { eventLoopLagP99Seconds: () => 0.4 } }),
      ['cpu-saturated'],
    ],
  ]);

  test('an overloaded service is reported with the rate that it accepts and with spare CPU', () => {
    const { evidence, recommendation, explains, fixable } = diagnosisWithCause(
      'service-overloaded',
      refusing('overloaded'),
      [failedCriterion(errorRateBelow(0.01))],
    );
    const texts = evidence.map(({ text }) => text).join('\n');
    assert.match(texts, /1,200 of 1,200 errors report an overload \(overloaded\)/);
    assert.match(texts, /the service accepted 30\.0\/s of 60\.0\/s/);
    assert.match(texts, /in that period it used only 10\.0 % of a core per instance, so CPU is not the bottleneck/);
    assert.match(recommendation, /^Find the limit .*, which lets 30\.0\/s through, .* CPU is available\./);
    assert.deepEqual([explains, fixable], [['error-rate'], false]);
  });

  for (const [situation, parts] of Object.entries({
    'it was not measured': CPU_NOT_MEASURED,
    'there was little free CPU': LITTLE_FREE_CPU,
  }))
    test(`CPU is not excluded as the bottleneck if ${situation}`, () => {
      const { recommendation, evidence } = diagnosisWithCause('service-overloaded', refusing('overloaded', parts));
      assert.match(recommendation, /^Find out whether the target lacked CPU/);
      assert.doesNotMatch(JSON.stringify(evidence), /of a core/);
    });
});
