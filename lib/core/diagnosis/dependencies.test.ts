import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flowMeanBelow, flowPercentileBelow, flowSuccessAbove } from '../criteria.ts';
import type { Evidence, JudgedCriterion } from '../result.ts';
import { judgedCriterion } from '../testing.ts';
import { diagnosed, flowOfSteps, type Scene, scene, tells, within } from './testing.ts';

const QUICK = { 'take-order': { ms: 20 }, pay: { ms: 480 }, confirm: { ms: 300 } };
const order = (steps: Parameters<typeof flowOfSteps>[1], parts: Scene = {}): Evidence =>
  scene({ flows: [flowOfSteps('order', { ...QUICK, ...steps })], ...parts });

const mean = (status: JudgedCriterion['status']): JudgedCriterion => {
  const criterion = flowMeanBelow('order', '5s');
  return judgedCriterion({ ...criterion, kind: criterion.measure.kind, status });
};
const success = (): JudgedCriterion => {
  const criterion = flowSuccessAbove('order', 0.95);
  return judgedCriterion({ ...criterion, kind: criterion.measure.kind, status: 'fail' });
};

describe('a slow dependency', () => {
  tells(test, [
    [
      'a step that takes nearly all of a flow that is too slow',
      order({ pay: { ms: 6000 } }),
      ['slow-dependency'],
      [mean('fail')],
    ],
    [
      'where it is undecided whether that is too slow',
      order({ pay: { ms: 4700 } }),
      ['slow-dependency'],
      [mean('inconclusive')],
    ],
    ['where it is not too slow', order({ pay: { ms: 3000 } }), [], [mean('pass')]],
    ['where nothing was promised of it', order({ pay: { ms: 60_000 } }), []],
    [
      'a flow that is slow in all of its steps',
      order({ 'take-order': { ms: 2100 }, pay: { ms: 2000 }, confirm: { ms: 2200 } }),
      ['unknown'],
      [mean('fail')],
    ],
    [
      'a step that waits for the pool',
      order(
        { pay: { ms: 6000 } },
        {
          target: {
            connectionsActive: () => 20,
            connectionsWaiting: (s) => (within(0, 60)(s) ? 40 : 0),
            connectionTimeouts: (s) => Math.max(0, s),
          },
        },
      ),
      ['database-pool-exhausted', 'slow-dependency'],
      [mean('fail')],
    ],
  ]);

  test('is told how long it may take, and accounts for what is slow without it', () => {
    const { recommendation, explains, fixable } = diagnosed('slow-dependency', order({ pay: { ms: 6000 } }), [
      mean('fail'),
    ]);
    assert.match(recommendation, /^Make pay take at most 4680 ms instead of 6000 ms/);
    assert.deepEqual(explains, ['order-mean']);
    assert.equal(fixable, false);
  });

  test('does not account for a flow that is too slow without it as well', () => {
    const all = order({ pay: { ms: 6000 }, confirm: { ms: 5100 } });
    assert.deepEqual(diagnosed('slow-dependency', all, [mean('fail')]).explains, []);
    const percentile = flowPercentileBelow('order', 0.95, '10s');
    const slow = judgedCriterion({ ...percentile, kind: percentile.measure.kind, status: 'fail' });
    assert.deepEqual(diagnosed('slow-dependency', all, [slow]).explains, ['order-p95']);
  });
});

describe('a failing dependency', () => {
  tells(test, [
    [
      'one in five confirmations',
      order({ confirm: { ms: 240, failed: { 'answered 429': 80 } } }),
      ['failing-dependency'],
    ],
    [
      'as many as fail on an ordinary day',
      order({
        pay: { ms: 480, failed: { 'answered 500': 5 } },
        confirm: { ms: 300, failed: { 'answered 500': 4 } },
      }),
      [],
    ],
    ['more, but by chance', order({ pay: { ms: 480, failed: { 'answered 500': 17 } } }), []],
    ['surely more', order({ pay: { ms: 480, failed: { 'answered 500': 21 } } }), ['failing-dependency']],
    [
      'for a reason that a request told: that is the target itself',
      order(
        { 'take-order': { ms: 20, failed: { internal_error: 80 } } },
        { errors: [{ kind: 'server-error', reason: 'internal_error', each: () => 2 }] },
      ),
      [],
    ],
    [
      'for the database',
      order({ pay: { ms: 480, failed: { 'no database connection became free in time': 80 } } }),
      [],
    ],
  ]);

  test('is told what a repetition would leave, and accounts for its failures', () => {
    const evidence = order({ confirm: { ms: 240, failed: { 'answered 429': 80 } } });
    const { recommendation, explains, fixable } = diagnosed('failing-dependency', evidence, [success()]);
    assert.match(
      recommendation,
      /Retry-After.*: with failures by chance, 20 % would become 4\.0 % with one repetition/,
    );
    assert.deepEqual(explains, ['order-success']);
    assert.equal(fixable, false);
  });

  test('does not account for failures of which many are of another step', () => {
    const evidence = order({
      'take-order': { ms: 20, failed: { 'booking-not-found': 40 } },
      confirm: { ms: 240, failed: { 'answered 429': 80 } },
    });
    assert.deepEqual(diagnosed('failing-dependency', evidence, [success()]).explains, []);
  });
});

describe('an open circuit breaker', () => {
  const open = { circuitBreakerState: (s: number) => (within(10, 50)(s) ? 2 : 0) };
  const failing = { pay: { ms: 40, failed: { 'answered 500': 40, 'circuit breaker open': 300 } } };
  tells(test, [
    [
      'and what it refused, and what opened it',
      order(failing, { target: open }),
      ['circuit-breaker-open', 'failing-dependency'],
    ],
    ['and nothing else', scene({ target: open }), ['circuit-breaker-open']],
    ['half open', scene({ target: { circuitBreakerState: (s) => (within(10, 50)(s) ? 1 : 0) } }), []],
    ['before the load', scene({ target: { circuitBreakerState: (s) => (s < 0 ? 2 : 0) } }), []],
    [
      'closed, while a dependency fails',
      order({ confirm: { ms: 240, failed: { 'answered 429': 80 } } }),
      ['failing-dependency'],
    ],
  ]);

  test('accounts for failures of the step that it guards', () => {
    const { explains } = diagnosed('circuit-breaker-open', order(failing, { target: open }), [success()]);
    assert.deepEqual(explains, ['order-success']);
  });
});
