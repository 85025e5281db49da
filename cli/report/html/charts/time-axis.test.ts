import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { timeAxisOf } from './time-axis.ts';

const dates = timeAxisOf({ axis: 'date' });
const range = (from: string, to: string) => ({ min: Date.parse(from), max: Date.parse(to) });

describe('ticks of dates', () => {
  const cases: [what: string, from: string, to: string, labels: string[]][] = [
    ['hours', '2026-11-20T22:00Z', '2026-11-21T13:00Z', ['21 Nov', '03:00', '06:00', '09:00', '12:00']],
    ['days', '2026-11-28T12:00Z', '2026-12-02T12:00Z', ['29 Nov', '30 Nov', '1 Dec', '2 Dec']],
    [
      'weeks, from Mondays',
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
  for (const [what, from, to, labels] of cases)
    test(what, () => {
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

test('instants and ranges of dates are told in UTC', () => {
  const { min, max } = range('2026-11-20T22:17:31Z', '2026-12-04T01:00Z');
  assert.equal(dates.instant(min), '2026-11-20 22:17');
  assert.equal(dates.range(min, max), '2026-11-20 to 2026-12-04');
});

test('without a word about it, time counts from the start of the run', () => {
  assert.equal(timeAxisOf({}).instant(65_000), '1:05');
});
