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

describe('stretches', () => {
  test('reach halfway to the neighbours of the samples that they are made of', () => {
    const held = new Set([2000, 3000, 7000]);
    assert.deepEqual(
      periodsWhere(at(0, 1, 2, 3, 4, 7), ({ atMs }) => held.has(atMs)),
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

  test('that touch, or nearly so, are one', () => {
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
    assert.deepEqual(parts[1], { fromMs: 0, toMs: 10 }, 'what was given stays as it was');
  });

  test('hold the windows whose middle they hold', () => {
    assert.deepEqual(windowIndexesIn(healthyRunWith().windows, [{ fromMs: 9600, toMs: 11_500 }]), [10]);
  });
});

describe('a probe was silent', () => {
  const run = healthyRunWith();
  const cases: [what: string, seconds: number[], silent: [from: number, to: number][]][] = [
    ['never', [0, 15, 30, 45, 60], []],
    ['a sample was late', [0, 10, 26, 30, 40, 50, 60], []],
    ['in the middle', [0, 10, 20, 40, 50, 60], [[20, 40]]],
    ['up to the end', [0, 10, 20, 30], [[30, 60]]],
    ['before and after the load alone', [-100, -10, 0, 10, 20, 30, 40, 50, 60, 200], []],
    ['of one sample nothing is known', [0], []],
    ['nor of none', [], []],
  ];
  for (const [what, seconds, silent] of cases)
    test(what, () => {
      assert.deepEqual(
        silentPeriods(run, at(...seconds)),
        silent.map(([from, to]) => ({ fromMs: from * 1000, toMs: to * 1000 })),
      );
    });
});

describe('the rate of the planned load', () => {
  const seen = windowTotalsOf(windowRows(healthyRunWith().windows).slice(0, 3));
  const cases: [what: string, queue: number, parts: Parameters<typeof healthyRunWith>[0], perS: number][] = [
    ['is what was seen, where nobody waits', 0, {}, 50],
    ['is more, where a part of the users waits', 50, {}, 100],
    ['is never more than ten times as much', 99, {}, 500],
    ['is what arrives, in an open model', 50, { workload: { model: 'open' } }, 50],
  ];
  for (const [what, queue, parts, perS] of cases)
    test(what, () => {
      assert.equal(offeredPerS(healthyRunWith(parts), seen, queue), perS);
    });

  test('is that of all users, also where fewer were seen', () => {
    assert.equal(offeredPerS(healthyRunWith(), { ...seen, vus: 25 }, 0), 200);
    assert.equal(offeredPerS(healthyRunWith(), { ...seen, vus: Number.NaN }, 0), 50);
  });
});

describe('steady load', () => {
  const cases: [what: string, vus: (second: number) => number, span: [from: number, to: number]][] = [
    ['from the first second to the last', () => 100, [0, 60]],
    ['between two ramps', (s) => Math.min(100, 10 * (s + 1), 10 * (60 - s)), [9, 51]],
    ['the longer of two', (s) => (s < 20 ? 100 : 50), [20, 60]],
    ['varies by little', (s) => 100 + (s % 2) * 9, [0, 60]],
    ['never', () => 0, [0, 0]],
  ];
  for (const [what, vus, [from, to]] of cases)
    test(what, () => {
      const { fromMs, toMs } = longestSteadyPeriod(healthyRunWith({ vus }));
      // A ramp is steady as well, as long as it changes by less than a tenth.
      assert.ok(
        Math.abs(fromMs / 1000 - from) <= 1 && Math.abs(toMs / 1000 - to) <= 1,
        `${fromMs} to ${toMs}`,
      );
    });
});
