import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breakerOpensWithin, breakerRecoversWithin, nothingLost } from '../../definition/index.ts';
import { evidenceOf, phasesWithLengths } from '../../testing/evidence.ts';
import { judgeCriterion } from '../judge.ts';

const entry = { acknowledged: 20, complete: 20, incomplete: 0, duplicates: 0, lost: 0 };

test('the criterion on records passes if all records are complete', () => {
  const { status, value, samples } = judgeCriterion(
    evidenceOf({ ledger: { order: entry, cart: entry } }),
    nothingLost(),
  );
  assert.deepEqual({ status, value, samples }, { status: 'pass', value: 0, samples: 40 });
});

test('the criterion on records fails with a single lost record, and the note names its kind', () => {
  const { status, value, note } = judgeCriterion(
    evidenceOf({ ledger: { order: { ...entry, complete: 19, lost: 1 }, cart: entry } }),
    nothingLost(),
  );
  assert.deepEqual([status, value], ['fail', 1]);
  assert.equal(note, 'order: 1 lost, 0 incomplete, 0 duplicated, of 20 acknowledged');
});

test('the criterion on records has no data if the records were not counted', () => {
  assert.equal(judgeCriterion(evidenceOf(), nothingLost()).status, 'no data');
});

/** One sample per second, with the breaker open from `openFrom` until before `openUntil`. */
const withBreaker = (openFrom: number, openUntil: number) =>
  evidenceOf({
    run: {
      workload: {
        ...evidenceOf().run.workload,
        phases: phasesWithLengths({ before: 10_000, outage: 20_000, recovery: 20_000 }),
      },
    },
    resources: {
      target: {
        atMs: Array.from({ length: 51 }, (_, i) => i * 1000),
        columns: {
          circuitBreakerState: Array.from({ length: 51 }, (_, i) => (openFrom <= i && i < openUntil ? 2 : 0)),
        },
      },
    },
  });

test('the time until a breaker opens is measured from the start of the phase and accurate to one sample', () => {
  const evidence = withBreaker(14, 36);
  const opens = judgeCriterion(evidence, breakerOpensWithin('10s', 'outage'));
  assert.deepEqual([opens.status, opens.value, opens.interval], ['pass', 4000, { low: 3000, high: 4000 }]);
  const recovers = judgeCriterion(evidence, breakerRecoversWithin('6s', 'recovery'));
  assert.deepEqual([recovers.status, recovers.value], ['inconclusive', 6000]);
});

test('the criterion on a breaker fails if the breaker does not open or recover within the phase', () => {
  assert.equal(judgeCriterion(withBreaker(99, 99), breakerOpensWithin('10s', 'outage')).status, 'fail');
  assert.equal(judgeCriterion(withBreaker(14, 99), breakerRecoversWithin('10s', 'recovery')).status, 'fail');
});
