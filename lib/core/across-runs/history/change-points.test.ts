import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../numbers/index.ts';
import { repeat } from '../../testing/evidence.ts';
import { changePoints, MAX_SERIES_LENGTH, MIN_SEGMENT_LENGTH } from './change-points.ts';

/** Noise without outliers around each level, so many times each. */
function levels(seed: number, ...parts: [level: number, times: number, spread?: number][]): number[] {
  const random = seededRandom(seed);
  return parts.flatMap(([level, times, spread = 1]) =>
    repeat(times, 0).map(() => level + spread * (random() + random() + random() - 1.5)),
  );
}

describe('change points', () => {
  const found: [what: string, values: number[], expected: number[]][] = [
    ['a level that falls', levels(1, [97, 39], [94, 19]), [39]],
    ['a level that rises', levels(1, [10, 20], [14, 20]), [20]],
    ['a level that falls and comes back', levels(2, [97, 25], [94, 20], [97, 25]), [25, 45]],
    ['three levels', levels(3, [1, 30], [5, 30], [9, 30]), [30, 60]],
    ['a spread that grows', levels(4, [5, 60, 0.2], [5, 60, 6]), [60]],
    ['none', levels(5, [97, 60]), []],
    ['none, of values that are all the same', repeat(60, 1), []],
    ['none, of one outlier', [...levels(6, [97, 30]), 50, ...levels(7, [97, 30])], []],
    ['none, of too few values', [1, 1, 1, 1, 9, 9, 9, 9], []],
    ['none, of no values', [], []],
  ];
  for (const [what, values, expected] of found)
    test(`of ${what}: ${expected.join(', ') || 'nowhere'}`, () => {
      const points = changePoints(values);
      assert.equal(points.length, expected.length, `${points}`);
      for (const [i, point] of points.entries())
        assert.ok(Math.abs(point - (expected[i] as number)) <= 1, `${points}`);
    });

  test('are the same each time', () => {
    const values = levels(8, [97, 40], [96.4, 40]);
    assert.deepEqual(changePoints(values), changePoints(values));
  });

  test('are seen, and where they are, before the last stretch is as long as others have to be', () => {
    const after = repeat(MIN_SEGMENT_LENGTH, 0).map((_, i) => changePoints(levels(9, [97, 39], [94, i + 1])));
    assert.deepEqual(after, [[], [], [], [39], [39]]);
  });

  test('of a series that is too long are those of its end, and keep their place', () => {
    const values = levels(10, [1, MAX_SERIES_LENGTH], [9, MAX_SERIES_LENGTH - 100], [1, 100]);
    assert.deepEqual(changePoints(values), [2 * MAX_SERIES_LENGTH - 100]);
  });

  test('hardly any is found in noise, however often one looks', () => {
    const histories = repeat(100, 0).map((_, seed) => levels(seed + 100, [97, 40]));
    const wrong = histories.filter((values) => changePoints(values).length > 0);
    assert.ok(wrong.length <= 1, `${wrong.length} of ${histories.length}`);
  });
});
