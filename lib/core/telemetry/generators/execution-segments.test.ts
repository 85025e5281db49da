import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  bursts,
  constantArrivals,
  constantVUs,
  FULL_SCALE,
  once,
  type WorkloadPlan,
  withProbe,
} from '../../definition/index.ts';
import { testPlan } from '../../testing/evidence.ts';
import { executionSegments, indivisibleReason, plannedVUs, vusInSegment } from './execution-segments.ts';

test('parts follow one another, and are of one sequence', () => {
  assert.deepEqual(executionSegments(1), [{ segment: '0:1', sequence: '0,1' }]);
  assert.deepEqual(executionSegments(3), [
    { segment: '0:1/3', sequence: '0,1/3,2/3,1' },
    { segment: '1/3:2/3', sequence: '0,1/3,2/3,1' },
    { segment: '2/3:1', sequence: '0,1/3,2/3,1' },
  ]);
});

test('the VUs of the parts are those of the whole', () => {
  for (const vus of [1, 7, 75, 500, 501]) {
    for (const count of [1, 2, 4, 50]) {
      const parts = Array.from({ length: count }, (_, index) => vusInSegment(vus, { index, count }));
      assert.equal(
        parts.reduce((sum, part) => sum + part, 0),
        vus,
        `${vus} among ${count}`,
      );
      assert.ok(Math.max(...parts) - Math.min(...parts) <= 1, `${parts}`);
    }
  }
});

test('an open workload plans no VUs, whole or in parts', () => {
  const workload = constantArrivals({ ratePerS: 10, duration: '1m', maxVUs: 20 })(FULL_SCALE);
  assert.equal(plannedVUs(workload, { index: 1, count: 4 }), 0);
});

describe('a test can be divided', () => {
  const ten = constantVUs({ vus: 10, duration: '1m' });
  const cases: [what: string, workload: WorkloadPlan, count: number, refusal: RegExp | null][] = [
    ['into as many as it has VUs', ten, 10, null],
    ['not into more', ten, 11, /^shop\/peak has a scenario of 10 VUs, too few for 11 generators/],
    [
      'not where one scenario has too few',
      withProbe(ten, { ratePerS: 1, maxVUs: 2 }),
      3,
      /scenario of 2 VUs/,
    ],
    ['not what happens once', once({ maxDuration: '1m' }), 2, /scenario of 1 VU, too few for 2/],
    ['not into bursts', bursts([{ phase: 'rush', vus: 50 }], { pause: '10s' }), 2, /^shop\/peak has bursts/],
  ];
  for (const [what, workload, count, refusal] of cases) {
    test(what, () => {
      const told = indivisibleReason(testPlan({ workload: workload(FULL_SCALE) }), count);
      if (refusal === null) assert.equal(told, null);
      else assert.match(told ?? '', refusal);
    });
  }
});
