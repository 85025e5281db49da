import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resultOf } from '../../../lib/core/testing/evidence.ts';
import {
  evenPeriodLengthMs,
  evenPeriods,
  indexesByPeriod,
  maxAt,
  meanAt,
  sumAt,
  windowIndexesByPeriod,
} from './even-periods.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const lengths: [totalMs: number, maxCount: number, lengthMs: number][] = [
  [24 * SECOND, 10, 3 * SECOND],
  [63 * SECOND, 10, 10 * SECOND],
  [7 * MINUTE, 10, MINUTE],
  [7 * MINUTE + 900, 10, MINUTE],
  [11 * MINUTE, 10, 2 * MINUTE],
  [33 * MINUTE, 10, 5 * MINUTE],
  [8 * 60 * MINUTE, 10, 60 * MINUTE],
  [10 * MINUTE, 6, 2 * MINUTE],
];

describe('evenPeriodLengthMs', () => {
  for (const [totalMs, maxCount, lengthMs] of lengths) {
    test(`evenPeriodLengthMs returns ${lengthMs / SECOND} s for at most ${maxCount} periods in ${totalMs / SECOND} s`, () => {
      assert.equal(evenPeriodLengthMs(totalMs, maxCount), lengthMs);
    });
  }

  test('evenPeriodLengthMs never returns less than the resolution of the data', () => {
    assert.equal(evenPeriodLengthMs(20 * SECOND, 10, 5 * SECOND), 5 * SECOND);
    assert.equal(evenPeriodLengthMs(4 * SECOND, 10, 5 * SECOND), 5 * SECOND);
  });

  test('evenPeriodLengthMs divides runs of nearly any duration into 5 to 10 periods', () => {
    for (let totalMs = 10 * SECOND; totalMs < 24 * 60 * MINUTE; totalMs *= 1.013) {
      const count = evenPeriods(totalMs, evenPeriodLengthMs(totalMs, 10)).length;
      assert.ok(count >= 5 && count <= 10, `${count} of ${totalMs} ms`);
    }
  });
});

describe('evenPeriods', () => {
  test('evenPeriods cover the run without gaps or overlap', () => {
    for (const totalMs of [0, 1, 900, 59_999, 60_000, 61_234, 3_600_000]) {
      const periods = evenPeriods(totalMs, evenPeriodLengthMs(totalMs, 10));
      assert.equal(periods[0]?.fromMs, 0);
      assert.equal(periods.at(-1)?.toMs, totalMs);
      periods.slice(1).forEach(({ fromMs }, i) => {
        assert.equal(fromMs, periods[i]?.toMs);
      });
    }
  });

  test('evenPeriods add a short remainder at the end to the last period', () => {
    assert.deepEqual(evenPeriods(61_000, 20_000).at(-1), { fromMs: 40_000, toMs: 61_000 });
    assert.deepEqual(evenPeriods(66_000, 20_000).at(-1), { fromMs: 60_000, toMs: 66_000 });
  });

  test('indexesByPeriod assigns each instant to one period, and instants outside to the first or last period', () => {
    const periods = evenPeriods(30_000, 10_000);
    assert.deepEqual(indexesByPeriod(periods, [-5, 0, 9_999, 10_000, 29_999, 30_000, 99_000]), [
      [0, 1, 2],
      [3],
      [4, 5, 6],
    ]);
  });

  test('windowIndexesByPeriod assigns each window to the one period that contains its middle', () => {
    const { windows } = resultOf({
      windows: { startMs: [0, 4_000, 8_000, 12_100], durationMs: [4_000, 4_000, 4_100, 200] },
    });
    assert.deepEqual(windowIndexesByPeriod(evenPeriods(12_000, 6_000), windows), [[0], [1, 2, 3]]);
  });
});

test('sumAt, maxAt and meanAt ignore null values', () => {
  const column = [1, null, 3, 8];
  assert.deepEqual([sumAt(column, [0, 1, 2]), maxAt(column, [0, 1, 2]), meanAt(column, [0, 1, 2])], [4, 3, 2]);
  assert.deepEqual([sumAt(column, [1]), maxAt(column, [1]), meanAt(column, [1])], [0, null, null]);
});
