import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorRateBelow, percentileBelow } from '../../definition/index.ts';
import { CAUSES } from '../../evidence/index.ts';
import {
  diagnosedCauses,
  diagnosisWithCause,
  failedCriterion,
  flowWithSteps,
  type HealthyRunChanges,
  healthyRunWith,
  secondsBetween,
  testDiagnoses,
} from '../../testing/diagnosis.ts';
import { emptyEvidence, evidenceOf, judgedCriterion } from '../../testing/evidence.ts';
import { DIAGNOSIS_RULES, diagnose } from './index.ts';
import { confidenceOf, directSignal, opposingSignal, type Signal, supportingSignal } from './rule.ts';

const p95 = failedCriterion(percentileBelow(0.95, '400ms'));

describe('the list of rules', () => {
  test('the list of rules has one rule for each cause except unknown', () => {
    assert.deepEqual(
      DIAGNOSIS_RULES.map(({ cause }) => cause),
      CAUSES.filter((cause) => cause !== 'unknown'),
    );
  });

  test('the alternatives of a rule are causes other than its own', () => {
    for (const { cause, alternatives } of DIAGNOSIS_RULES) {
      assert.equal(new Set(alternatives).size, alternatives.length, cause);
      assert.ok(alternatives.length > 0 && !alternatives.includes(cause), cause);
      for (const alternative of alternatives)
        assert.ok(
          DIAGNOSIS_RULES.some((rule) => rule.cause === alternative),
          alternative,
        );
    }
  });

  test('every rule explains why its cause is absent, even without measurements', () => {
    for (const { cause, absence } of DIAGNOSIS_RULES)
      for (const evidence of [healthyRunWith(), evidenceOf(), emptyEvidence()])
        assert.ok(!/NaN|undefined|Infinity/.test(absence(evidence).text), `${cause}: ${absence(evidence).text}`);
  });
});

describe('confidence', () => {
  const span = { fromMs: 0, toMs: 0 };
  const direct = directSignal(span, 'direct');
  const supporting = supportingSignal(span, 'supporting');
  const opposing = opposingSignal(span, 'opposing');
  const cases: [signals: Signal[], precedingCauses: number, confidence: number][] = [
    [[], 0, 0],
    [[supporting], 0, 0.5],
    [[direct], 0, 0.75],
    [[supporting, supporting], 0, 0.75],
    [[direct, supporting], 0, 0.88],
    [[direct, supporting, supporting], 0, 0.94],
    [[direct, supporting, opposing], 0, 0.75],
    [[direct, supporting], 1, 0.5],
    [[direct], 1, 0],
    [[supporting], 1, 0],
  ];
  for (const [signals, precedingCauses, confidence] of cases)
    test(`confidence from the signals ${signals.map(({ text }) => text).join(', ') || 'none'}; preceding causes: ${precedingCauses}; confidence ${confidence}`, () => {
      assert.equal(confidenceOf(signals, precedingCauses), confidence);
    });
});

describe('a healthy run', () => {
  const ramp: HealthyRunChanges = {
    vus: (s) => Math.min(100, 10 * (s + 1), 10 * (60 - s)),
    requests: (s) => Math.min(50, 5 * (s + 1), 5 * (60 - s)),
  };
  testDiagnoses(test, [
    ['a healthy run', healthyRunWith(), []],
    ['users ramp up and down', healthyRunWith(ramp), []],
    ['the target warms up', healthyRunWith({ meanMs: (s) => 100 + 60 * Math.exp(-s) }), []],
    [
      'a spike that the pool absorbs',
      healthyRunWith({
        target: {
          connectionsActive: (s) => (secondsBetween(30, 32)(s) ? 20 : 5),
          connectionsWaiting: (s) => (secondsBetween(30, 32)(s) ? 9 : 0),
        },
      }),
      [],
    ],
    [
      'dependencies that fail in 2 % of the iterations',
      healthyRunWith({
        flows: [
          flowWithSteps('order', {
            pay: { ms: 480, failed: { 'responded with 500': 5 } },
            confirm: { ms: 300, failed: { 'responded with 500': 3 } },
          }),
        ],
      }),
      [],
    ],
    ['refusals that the test expects', { ...healthyRunWith(), statuses: { 200: 2900, 401: 100 } }, []],
    ['requests only, no probes', healthyRunWith({ silent: () => true, postgresql: null }), []],
    ['no measurements', emptyEvidence(), []],
  ]);
});

describe('diagnoses', () => {
  test('diagnoses are sorted by confidence, and causes that lead to other causes come first', () => {
    const evidence = healthyRunWith({
      meanMs: () => 900,
      errors: [{ kind: 'rate-limited', code: '429', each: () => 10 }],
      target: { restarts: (s) => (s < 20 ? 0 : 1) },
    });
    assert.deepEqual(diagnosedCauses(evidence), ['rate-limited', 'process-crash']);
    const both = healthyRunWith({
      target: { restarts: (s) => (s < 20 ? 0 : 1), circuitBreakerState: (s) => (s < 20 ? 0 : 2) },
    });
    const [first, second] = diagnose(both, []);
    assert.deepEqual(
      [first?.cause, second],
      ['process-crash', undefined],
      'the open breaker may only be a consequence of the crash',
    );
  });

  test('the evidence of a diagnosis has periods within the run, in whole ms', () => {
    const evidence = healthyRunWith({ target: { restarts: (s) => (s < 0 ? 0 : 1) } });
    for (const { fromMs, toMs } of diagnosisWithCause('process-crash', evidence).evidence) {
      assert.ok(Number.isInteger(fromMs) && Number.isInteger(toMs));
      assert.ok(0 <= fromMs && fromMs <= toMs);
    }
  });

  test('diagnoses have no undefined or infinite values in their texts', () => {
    for (const diagnosis of diagnose(
      healthyRunWith({ errors: [{ kind: 'rate-limited', each: () => 10 }], vusMax: 90 }),
      [],
    ))
      assert.ok(!/NaN|undefined|Infinity/.test(JSON.stringify(diagnosis)), JSON.stringify(diagnosis));
  });
});

describe('a failure without a known cause', () => {
  const slow = healthyRunWith({ meanMs: (s) => (secondsBetween(20, 30)(s) ? 900 : 100) });

  test('a failure without a known cause is diagnosed as unknown, with the evidence that was checked', () => {
    const [only, ...remaining] = diagnose(slow, [p95]);
    assert.ok(only);
    assert.deepEqual(remaining, []);
    assert.deepEqual([only.cause, only.confidence, only.explains, only.fixable], ['unknown', 0, [], false]);
    assert.match(only.ruledOut.join('\n'), /CPU or event loop saturated: CPU use was at most 10\.0 % of a core/);
    assert.deepEqual(only.evidence[1], {
      text: 'the slowest window had a p95 of 1080 ms at 100 VUs',
      fromMs: 20_000,
      toMs: 21_000,
    });
  });

  test('the diagnosis of an unknown cause lists what was not checked', () => {
    const [only] = diagnose({ ...slow, resources: {} }, [p95]);
    assert.match(only?.evidence.at(-1)?.text ?? '', /^not checked: .*the target's CPU.*database locks/);
  });

  test('the diagnosis of an unknown cause lists the most frequent errors', () => {
    const errorRate = judgedCriterion({ ...errorRateBelow(0.01), kind: 'error-rate', status: 'fail' });
    const evidence = healthyRunWith({
      errors: [{ kind: 'server-error', reason: 'internal_error', each: () => 2 }],
    });
    const [only] = diagnose(evidence, [errorRate]);
    assert.equal(only?.evidence[1]?.text, '120 errors: internal_error (500) at GET /items/:id, 100 %');
  });

  test('the cause unknown is not diagnosed if nothing failed or a cause is known', () => {
    assert.deepEqual(diagnose(slow, [{ ...p95, status: 'inconclusive' }]), []);
    assert.deepEqual(diagnosedCauses(healthyRunWith({ target: { restarts: (s) => (s < 20 ? 0 : 1) } }), [p95]), [
      'process-crash',
    ]);
  });
});
