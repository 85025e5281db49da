import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../numbers/index.ts';
import { repeat } from '../../testing/evidence.ts';
import { changePoints, MAX_SERIES_LENGTH, MIN_SEGMENT_LENGTH } from './change-points.ts';

/** Creates a series with `times` values around each level, with noise but without outliers. */
function levels(seed: number, ...parts: [level: number, times: number, spread?: number][]): number[] {
  const random = seededRandom(seed);
  return parts.flatMap(([level, times, spread = 1]) =>
    repeat(times, 0).map(() => level + spread * (random() + random() + random() - 1.5)),
  );
}

describe('changePoints', () => {
  const found: [title: string, values: number[], expected: number[]][] = [
    ['a falling level', levels(1, [97, 39], [94, 19]), [39]],
    ['a rising level', levels(1, [10, 20], [14, 20]), [20]],
    ['a series that falls and recovers', levels(2, [97, 25], [94, 20], [97, 25]), [25, 45]],
    ['three levels', levels(3, [1, 30], [5, 30], [9, 30]), [30, 60]],
    ['a growing spread', levels(4, [5, 60, 0.2], [5, 60, 6]), [60]],
    ['noise around one level', levels(5, [97, 60]), []],
    ['equal values', repeat(60, 1), []],
    ['a single outlier', [...levels(6, [97, 30]), 50, ...levels(7, [97, 30])], []],
    ['too few values', [1, 1, 1, 1, 9, 9, 9, 9], []],
    ['an empty series', [], []],
  ];
  for (const [title, values, expected] of found)
    test(`changePoints finds ${expected.length === 0 ? 'no change' : `changes at ${expected.join(' and ')}`} in ${title}`, () => {
      const points = changePoints(values);
      assert.equal(points.length, expected.length, `${points}`);
      for (const [i, point] of points.entries()) assert.ok(Math.abs(point - (expected[i] as number)) <= 1, `${points}`);
    });

  test('changePoints finds the same changes every time', () => {
    const values = levels(8, [97, 40], [96.4, 40]);
    assert.deepEqual(changePoints(values), changePoints(values));
  });

  test('changePoints finds a recent change at the right index before MIN_SEGMENT_LENGTH values follow it', () => {
    const after = repeat(MIN_SEGMENT_LENGTH, 0).map((_, i) => changePoints(levels(9, [97, 39], [94, i + 1])));
    assert.deepEqual(after, [[], [], [], [39], [39]]);
  });

  test('changePoints searches only the end of a long series and returns indexes into the whole series', () => {
    const values = levels(10, [1, MAX_SERIES_LENGTH], [9, MAX_SERIES_LENGTH - 100], [1, 100]);
    assert.deepEqual(changePoints(values), [2 * MAX_SERIES_LENGTH - 100]);
  });

  test('changePoints finds a change in at most 1 % of series that are only noise', () => {
    const histories = repeat(100, 0).map((_, seed) => levels(seed + 100, [97, 40]));
    const falseAlarms = histories.filter((values) => changePoints(values).length > 0);
    assert.ok(falseAlarms.length <= 1, `${falseAlarms.length} of ${histories.length}`);
  });
});
