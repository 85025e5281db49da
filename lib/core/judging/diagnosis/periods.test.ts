import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { windowRows } from '../../evidence/index.ts';
import { healthyRunWith } from '../../testing/diagnosis.ts';
import {
  joinPeriods,
  longestSteadyPeriod,
  offeredPerS,
  periodsWhere,
  silentPeriods,
  windowIndexesIn,
  windowTotalsOf,
} from './periods.ts';

const at = (...seconds: number[]) => seconds.map((second) => ({ atMs: second * 1000 }));

describe('periods', () => {
  test('periods extend halfway to the neighbors of the samples that they contain', () => {
    const matching = new Set([2000, 3000, 7000]);
    assert.deepEqual(
      periodsWhere(at(0, 1, 2, 3, 4, 7), ({ atMs }) => matching.has(atMs)),
      [
        { fromMs: 1500, toMs: 3500 },
        { fromMs: 5500, toMs: 7000 },
      ],
    );
    assert.deepEqual(
      periodsWhere(at(1), () => true),
      [{ fromMs: 1000, toMs: 1000 }],
    );
    assert.deepEqual(
      periodsWhere([], () => true),
      [],
    );
  });

  test('periods that touch or have a small gap between them are joined', () => {
    const parts = [
      { fromMs: 50, toMs: 60 },
      { fromMs: 0, toMs: 10 },
      { fromMs: 10, toMs: 20 },
      { fromMs: 12, toMs: 15 },
    ];
    assert.deepEqual(joinPeriods(parts), [
      { fromMs: 0, toMs: 20 },
      { fromMs: 50, toMs: 60 },
    ]);
    assert.deepEqual(joinPeriods(parts, 30), [{ fromMs: 0, toMs: 60 }]);
    assert.deepEqual(parts[1], { fromMs: 0, toMs: 10 }, 'the arguments are not changed');
  });

  test('a period includes the windows whose midpoint it contains', () => {
    assert.deepEqual(windowIndexesIn(healthyRunWith().windows, [{ fromMs: 9600, toMs: 11_500 }]), [10]);
  });
});

describe('silent periods of a probe', () => {
  const run = healthyRunWith();
  const cases: [situation: string, seconds: number[], silent: [from: number, to: number][]][] = [
    ['none', [0, 15, 30, 45, 60], []],
    ['none if a sample is late', [0, 10, 26, 30, 40, 50, 60], []],
    ['in the middle', [0, 10, 20, 40, 50, 60], [[20, 40]]],
    ['until the end', [0, 10, 20, 30], [[30, 60]]],
    ['none before and after the load', [-100, -10, 0, 10, 20, 30, 40, 50, 60, 200], []],
    ['none with a single sample', [0], []],
    ['none without samples', [], []],
  ];
  for (const [situation, seconds, silent] of cases)
    test(situation, () => {
      assert.deepEqual(
        silentPeriods(run, at(...seconds)),
        silent.map(([from, to]) => ({ fromMs: from * 1000, toMs: to * 1000 })),
      );
    });
});

describe('the rate of the planned load', () => {
  const totals = windowTotalsOf(windowRows(healthyRunWith().windows).slice(0, 3));
  const cases: [situation: string, queue: number, parts: Parameters<typeof healthyRunWith>[0], perS: number][] = [
    ['is the measured rate without a queue', 0, {}, 50],
    ['is higher if some users wait', 50, {}, 100],
    ['is at most ten times the measured rate', 99, {}, 500],
    ['is the measured rate in an open model', 50, { workload: { model: 'open' } }, 50],
  ];
  for (const [situation, queue, parts, perS] of cases)
    test(situation, () => {
      assert.equal(offeredPerS(healthyRunWith(parts), totals, queue), perS);
    });

  test('the rate of the planned load is for all planned users, even if fewer were active', () => {
    assert.equal(offeredPerS(healthyRunWith(), { ...totals, vus: 25 }, 0), 200);
    assert.equal(offeredPerS(healthyRunWith(), { ...totals, vus: Number.NaN }, 0), 50);
  });
});

describe('steady load', () => {
  const cases: [situation: string, vus: (second: number) => number, span: [from: number, to: number]][] = [
    ['from the first second to the last', () => 100, [0, 60]],
    ['between two ramps', (s) => Math.min(100, 10 * (s + 1), 10 * (60 - s)), [9, 51]],
    ['the longer of two', (s) => (s < 20 ? 100 : 50), [20, 60]],
    ['with small variations', (s) => 100 + (s % 2) * 9, [0, 60]],
    ['never', () => 0, [0, 0]],
  ];
  for (const [situation, vus, [from, to]] of cases)
    test(situation, () => {
      const { fromMs, toMs } = longestSteadyPeriod(healthyRunWith({ vus }));
      // The end of a ramp counts as steady while the load changes by less than a tenth.
      assert.ok(Math.abs(fromMs / 1000 - from) <= 1 && Math.abs(toMs / 1000 - to) <= 1, `${fromMs} to ${toMs}`);
    });
});
