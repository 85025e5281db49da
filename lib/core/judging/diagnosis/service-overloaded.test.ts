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

/** Up to 30 requests a second get through; in the first 20 s fewer are asked for. */
const ASKED = (s: number) => (s < 20 ? 25 : 60);
const REFUSED = (s: number) => (s < 20 ? 0 : 30);

const refusing = (reason: string, parts: HealthyRunChanges & { code?: string } = {}): Evidence =>
  healthyRunWith({
    requests: ASKED,
    errors: [{ kind: 'server-error', code: parts.code ?? '503', reason, each: REFUSED }],
    ...parts,
  });

/** Those that would have been refused wait until they give up. */
const givingUp = (parts: HealthyRunChanges = {}): Evidence =>
  healthyRunWith({ requests: ASKED, errors: [{ kind: 'timeout', code: '1050', each: REFUSED }], ...parts });

const PLAIN = 'server-error';
const EMPTY_POOL: HealthyRunChanges = {
  target: {
    connectionsActive: (s) => (secondsBetween(20, 60)(s) ? 20 : 0),
    connectionsWaiting: (s) => (secondsBetween(20, 60)(s) ? 40 : 0),
  },
};
const BUSY: HealthyRunChanges = { target: { cpuSeconds: (s) => 0.99 * s } };
const HARDLY_IDLE: HealthyRunChanges = { target: { cpuSeconds: (s) => 0.8 * s } };
const UNSEEN: HealthyRunChanges = { silent: () => true };
/** As many of a hundred, whatever is asked for: something else is broken. */
const aShare: HealthyRunChanges = {
  requests: ASKED,
  errors: [{ kind: 'server-error', code: '503', each: (s) => 0.4 * ASKED(s) }],
};

describe('requests that are refused for want of room', () => {
  testDiagnosisRule(test, 'service-overloaded', {
    found: {
      'the target says so': refusing('overloaded'),
      'in other words': refusing('the request queue is full'),
      '503 alone, at a ceiling, with CPU to spare': refusing(PLAIN),
      'timeouts alone, at a ceiling, with CPU to spare': givingUp(),
      'the target says so, and nobody saw its CPU': refusing('overloaded', UNSEEN),
      'the target says so, with hardly any CPU to spare': refusing('overloaded', HARDLY_IDLE),
    },
    absent: {
      'timeouts of a share of the requests': {
        ...aShare,
        errors: [{ kind: 'timeout', each: (s) => 0.4 * ASKED(s) }],
      },
      '503 alone, of a share of the requests': aShare,
      '503 alone, at a ceiling, and nobody saw the CPU': refusing(PLAIN, UNSEEN),
      '503 alone, at a ceiling, with hardly any CPU to spare': refusing(PLAIN, HARDLY_IDLE),
      '503 that says something else': refusing('maintenance'),
      'another status': refusing('overloaded', { code: '500' }),
      'fewer than one in a hundred': {
        errors: [
          { kind: 'server-error', code: '503', reason: 'overloaded', each: (s) => (s % 5 === 0 ? 1 : 0) },
        ],
      },
      'a healthy run': {},
    },
  });
  testDiagnoses(test, [
    ['timeouts at a ceiling that is that of the pool', givingUp(EMPTY_POOL), ['database-pool-exhausted']],
    ['for want of CPU', refusing('overloaded', BUSY), ['cpu-saturated']],
    [
      'an event loop that lags',
      refusing('overloaded', { target: { eventLoopLagP99Seconds: () => 0.4 } }),
      ['cpu-saturated'],
    ],
  ]);

  test('are told with what gets through, and that it is not CPU', () => {
    const { evidence, recommendation, explains, fixable } = diagnosisWithCause(
      'service-overloaded',
      refusing('overloaded'),
      [failedCriterion(errorRateBelow(0.01))],
    );
    const texts = evidence.map(({ text }) => text).join('\n');
    assert.match(texts, /1,200 of 1,200 errors say that there was no room \(overloaded\)/);
    assert.match(texts, /30\.0\/s got through of 60\.0\/s that were asked for/);
    assert.match(texts, /meanwhile it used 10\.0 % of a core for each instance: it is not CPU that it lacks/);
    assert.match(recommendation, /^Find the limit .*, which lets 30\.0\/s through, .* CPU is to spare\./);
    assert.deepEqual([explains, fixable], [['error-rate'], false]);
  });

  for (const [what, parts] of Object.entries({
    'nobody saw it': UNSEEN,
    'there was hardly any': HARDLY_IDLE,
  }))
    test(`that it is not CPU is not said where ${what}`, () => {
      const { recommendation, evidence } = diagnosisWithCause(
        'service-overloaded',
        refusing('overloaded', parts),
      );
      assert.match(recommendation, /^Find out whether the target lacked CPU/);
      assert.doesNotMatch(JSON.stringify(evidence), /of a core/);
    });
});
