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
import { sum } from '../../numbers/index.ts';
import { testPlan } from '../../testing/evidence.ts';
import { executionSegments, indivisibleReason, plannedVUs, vusInSegment } from './execution-segments.ts';

test('executionSegments returns consecutive segments of the same sequence', () => {
  assert.deepEqual(executionSegments(1), [{ segment: '0:1', sequence: '0,1' }]);
  assert.deepEqual(executionSegments(3), [
    { segment: '0:1/3', sequence: '0,1/3,2/3,1' },
    { segment: '1/3:2/3', sequence: '0,1/3,2/3,1' },
    { segment: '2/3:1', sequence: '0,1/3,2/3,1' },
  ]);
});

test('vusInSegment divides VUs evenly among the segments', () => {
  for (const vus of [1, 7, 75, 500, 501]) {
    for (const count of [1, 2, 4, 50]) {
      const counts = Array.from({ length: count }, (_, index) => vusInSegment(vus, { index, count }));
      assert.equal(sum(counts), vus, `${vus} among ${count}`);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
    }
  }
});

test('plannedVUs is 0 for an open workload', () => {
  const workload = constantArrivals({ ratePerS: 10, duration: '1m', maxVUs: 20 })(FULL_SCALE);
  assert.equal(plannedVUs(workload, { index: 1, count: 4 }), 0);
});

describe('indivisibleReason', () => {
  const ten = constantVUs({ vus: 10, duration: '1m' });
  const cases: [what: string, workload: WorkloadPlan, count: number, expected: RegExp | null][] = [
    ['is null for as many generators as VUs', ten, 10, null],
    [
      'rejects more generators than VUs',
      ten,
      11,
      /^shop\/peak has a scenario of 10 VUs, too few for 11 generators\. Each generator requires at least one VU\.$/,
    ],
    [
      'rejects more generators than VUs in one of several scenarios',
      withProbe(ten, { ratePerS: 1, maxVUs: 2 }),
      3,
      /scenario of 2 VUs/,
    ],
    ['rejects a single iteration', once({ maxDuration: '1m' }), 2, /scenario of 1 VU, too few for 2/],
    ['rejects bursts', bursts([{ phase: 'rush', vus: 50 }], { pause: '10s' }), 2, /^shop\/peak has bursts/],
  ];
  for (const [what, workload, count, expected] of cases) {
    test(`indivisibleReason ${what}`, () => {
      const reason = indivisibleReason(testPlan({ workload: workload(FULL_SCALE) }), count);
      if (expected === null) assert.equal(reason, null);
      else assert.match(reason ?? '', expected);
    });
  }
});
