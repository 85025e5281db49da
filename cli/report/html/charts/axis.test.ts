import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FigureUnit } from '../../../../lib/core/numbers/index.ts';
import { type AxisRange, axisUnit, niceTicks, timeAxisOf, timeTicks, valueRange, valueTicks } from './axis.ts';

const MB = 1024 ** 2;
const labels = (ticks: { label: string }[]) => ticks.map(({ label }) => label);

test('niceTicks returns round, equally spaced ticks that cover the range', () => {
  const cases: [min: number, max: number, ticks: number[]][] = [
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 870, [0, 200, 400, 600, 800, 1000]],
    [0, 1000, [0, 200, 400, 600, 800, 1000]],
    [0, 1001, [0, 500, 1000, 1500]],
    [0, 0.3, [0, 0.1, 0.2, 0.3]],
    [0, 3, [0, 1, 2, 3]],
    [-120, 70, [-150, -100, -50, 0, 50, 100]],
    [92.6, 100, [92, 94, 96, 98, 100]],
    [0, 1e-7, [0, 2e-8, 4e-8, 6e-8, 8e-8, 1e-7]],
    [0, 123_456_789, [0, 5e7, 1e8, 1.5e8]],
  ];
  for (const [min, max, ticks] of cases) assert.deepEqual(niceTicks({ min, max }, 5), ticks, `${min} to ${max}`);
});

test('niceTicks returns the same ticks again for the range from its first to its last tick', () => {
  for (let max = 0.013; max < 1e9; max *= 1.37) {
    const ticks = niceTicks({ min: 0, max }, 5);
    assert.ok(ticks.length >= 3 && ticks.length <= 6, `${max}: ${ticks}`);
    assert.deepEqual(niceTicks({ min: 0, max: ticks.at(-1) as number }, 5), ticks);
  }
});

test('axisUnit depends on the largest value of an axis', () => {
  const cases: [unit: FigureUnit, largest: number, label: string, last: string][] = [
    ['ms', 870, 'ms', '1,000'],
    ['ms', 9999, 'ms', '10,000'],
    ['ms', 12_000, 's', '15'],
    ['bytes', 900, 'bytes', '1,000'],
    ['bytes', 290 * MB, 'MB', '300'],
    ['bytes', 3.4 * 1024 * MB, 'GB', '4'],
    ['fraction', 0.021, '%', '2.5'],
    ['perSecond', 242, 'per second', '250'],
    ['count', 2_400_000, '', '2.5M'],
  ];
  for (const [unit, largest, label, last] of cases) {
    const axis = axisUnit(unit, largest);
    assert.equal(axis.label, label, `${largest} of ${unit}`);
    assert.equal(labels(valueTicks({ min: 0, max: largest }, axis)).at(-1), last, `${largest} of ${unit}`);
  }
});

test('value axes start at zero, except if all shares are at least 80 %', () => {
  const cases: [unit: FigureUnit, values: AxisRange | null, range: AxisRange][] = [
    ['ms', { min: 80, max: 870 }, { min: 0, max: 1000 }],
    ['ms', { min: -80, max: 870 }, { min: -200, max: 1000 }],
    ['count', { min: 0, max: 0 }, { min: 0, max: 1 }],
    ['count', null, { min: 0, max: 1 }],
    ['fraction', { min: 0, max: 0 }, { min: 0, max: 0.01 }],
    ['fraction', { min: 0.5, max: 0.99 }, { min: 0, max: 1 }],
    ['fraction', { min: 0.926, max: 0.99 }, { min: 0.92, max: 1 }],
    ['fraction', { min: 1, max: 1 }, { min: 0, max: 1 }],
  ];
  for (const [unit, values, range] of cases)
    assert.deepEqual(valueRange(values, unit, axisUnit(unit, values?.max ?? 0)), range, JSON.stringify(values));
});

test('timeTicks returns round times', () => {
  const cases: [min: number, max: number, maxCount: number, ticks: string[]][] = [
    [0, 7 * 60_000, 9, ['0:00', '1:00', '2:00', '3:00', '4:00', '5:00', '6:00', '7:00']],
    [-1200, 40_000, 9, ['0:00', '0:05', '0:10', '0:15', '0:20', '0:25', '0:30', '0:35', '0:40']],
    [61_000, 64_000, 9, ['1:01', '1:02', '1:03', '1:04']],
    [
      0,
      8 * 3_600_000,
      9,
      ['0:00', '1:00:00', '2:00:00', '3:00:00', '4:00:00', '5:00:00', '6:00:00', '7:00:00', '8:00:00'],
    ],
    [0, 9 * 86_400_000, 4, ['0:00', '72:00:00', '144:00:00', '216:00:00']],
  ];
  for (const [min, max, maxCount, ticks] of cases) assert.deepEqual(labels(timeTicks({ min, max }, maxCount)), ticks);
});

const dates = timeAxisOf({ axis: 'date' });
const range = (from: string, to: string) => ({ min: Date.parse(from), max: Date.parse(to) });

describe('ticks of a date axis, by distance', () => {
  const cases: [steps: string, from: string, to: string, labels: string[]][] = [
    ['hours', '2026-11-20T22:00Z', '2026-11-21T13:00Z', ['21 Nov', '03:00', '06:00', '09:00', '12:00']],
    ['days', '2026-11-28T12:00Z', '2026-12-02T12:00Z', ['29 Nov', '30 Nov', '1 Dec', '2 Dec']],
    [
      'weeks that start on Mondays',
      '2026-10-01',
      '2026-11-12',
      ['5 Oct', '12 Oct', '19 Oct', '26 Oct', '2 Nov', '9 Nov'],
    ],
    ['fortnights', '2026-09-20', '2026-11-30', ['28 Sep', '12 Oct', '26 Oct', '9 Nov', '23 Nov']],
    ['months', '2026-09-10', '2027-02-20', ['Oct', 'Nov', 'Dec', '2027', 'Feb']],
    ['quarters', '2026-02-10', '2027-08-20', ['Apr', 'Jul', 'Oct', '2027', 'Apr', 'Jul']],
    ['years', '2019-05-01', '2026-05-01', ['2020', '2021', '2022', '2023', '2024', '2025', '2026']],
    ['several years', '1999-05-01', '2026-05-01', ['2002', '2006', '2010', '2014', '2018', '2022', '2026']],
  ];
  for (const [steps, from, to, labels] of cases)
    test(`the ticks of a date axis can be ${steps}`, () => {
      const ticks = dates.ticks(range(from, to), 8);
      assert.deepEqual(
        ticks.map(({ label }) => label),
        labels,
      );
      for (const { value } of ticks) {
        assert.ok(range(from, to).min <= value && value <= range(from, to).max);
        assert.equal(value % 3_600_000, 0);
      }
    });
});

test('a date axis formats instants and ranges in UTC', () => {
  const { min, max } = range('2026-11-20T22:17:31Z', '2026-12-04T01:00Z');
  assert.equal(dates.instant(min), '2026-11-20 22:17');
  assert.equal(dates.range(min, max), '2026-11-20 to 2026-12-04');
});

test('by default, a time axis counts from the start of the run', () => {
  assert.equal(timeAxisOf({}).instant(65_000), '1:05');
});
