import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../numbers/index.ts';
import { bestSplit, type Split } from './energy-distance.ts';

/** Reference implementation: finds the best split by evaluating the formula for every possible split. */
function bestSplitByDefinition(values: readonly number[], minSize: number): Split {
  const sum = (xs: readonly number[], ys: readonly number[]) =>
    xs.reduce((all, x) => all + ys.reduce((some, y) => some + Math.abs(x - y), 0), 0);
  const within = (xs: readonly number[]) => sum(xs, xs) / 2 / ((xs.length * (xs.length - 1)) / 2);
  let best: Split = { index: minSize, statistic: 0 };
  for (let end = 2 * minSize; end <= values.length; end++)
    for (let index = minSize; index <= end - minSize; index++) {
      const [left, right] = [values.slice(0, index), values.slice(index, end)];
      const [n, m] = [left.length, right.length];
      const energy = (2 * sum(left, right)) / (n * m) - within(left) - within(right);
      const statistic = ((n * m) / (n + m)) * energy;
      if (statistic > best.statistic + 1e-9) best = { index, statistic };
    }
  return best;
}

const split = (values: readonly number[], ...rest: [minSize: number, options?: object]) =>
  bestSplit(Float64Array.from(values), ...rest);

describe('bestSplit', () => {
  const random = seededRandom(3);
  const cases: Record<string, number[]> = {
    'two levels': [1, 2, 1, 2, 9, 8, 9, 8],
    'two levels of different lengths': [5, 5, 5, 5, 5, 5, 1, 1],
    'a changing spread': [5, 5, 5, 5, 5, 1, 9, 1, 9, 1, 9],
    'recurring values': [3, 3, 3, 1, 1, 3, 1, 1, 1],
    'a series that falls and recovers': [7, 7, 7, 7, 1, 1, 1, 7, 7, 7, 7],
    'negative values': [-5, -4, -5, -4, -1, 0, -1, 0],
    'many values': Array.from({ length: 60 }, (_, i) => random() + (i < 40 ? 0 : 0.4)),
  };
  for (const [title, values] of Object.entries(cases))
    for (const minSize of [2, 3])
      test(`bestSplit matches the definition for ${title} with parts of at least ${minSize} values`, () => {
        const found = split(values, minSize);
        const expected = bestSplitByDefinition(values, minSize);
        assert.equal(found.index, expected.index);
        assert.ok(Math.abs(found.statistic - expected.statistic) < 1e-9);
      });

  test('bestSplit with the option `whole` splits the whole sequence', () => {
    const values = [7, 7, 7, 7, 1, 1, 1, 7, 7, 7, 7];
    assert.equal(split(values, 2).index, 4);
    assert.equal(split([...values, 7, 7, 7, 7], 2, { whole: true }).index, 7, 'the end of the dip');
  });

  test('bestSplit stops at the first split whose statistic reaches `enough`', () => {
    const values = [1, 2, 4, 3, 7, 8, 9, 9];
    const best = split(values, 2).statistic;
    const found = split(values, 2, { enough: best / 4 }).statistic;
    assert.ok(found >= best / 4 && found < best, `${found} of ${best}`);
  });

  test('bestSplit has a statistic of 0 for equal values and for too few values', () => {
    assert.equal(split([4, 4, 4, 4, 4, 4], 2).statistic, 0);
    assert.equal(split([1, 9, 9], 2).statistic, 0);
    assert.equal(split([], 2).statistic, 0);
  });
});
