import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  average,
  increase,
  maximum,
  perSecond,
  type SampleFigure,
  shareOfIncrease,
} from './sample-figures.ts';

const samples = {
  atMs: [0, 1000, 2000, 4000, 5000, 5100],
  columns: {
    gauge: [1, 3, null, 5, 4, 4],
    counter: [10, 30, null, 50, 5, 6],
    hits: [0, 8, 8, 16, 16, 16],
    misses: [0, 2, 2, 4, 4, 4],
  },
};

const cases: [what: string, figure: SampleFigure, indexes: number[], value: number | null][] = [
  ['the mean', average('gauge'), [0, 1, 2], 2],
  ['the mean of nothing', average('gauge'), [2], null],
  ['the mean of a column that is not there', average('none'), [0, 1], null],
  ['the highest', maximum('gauge'), [0, 1, 3, 4], 5],
  ['growth since the sample before', increase('counter'), [1], 20],
  ['growth of the first sample, which has none before', increase('counter'), [0], null],
  ['growth over a gap', increase('counter'), [2, 3], 20],
  ['a rate over a gap', perSecond('counter'), [3], 20 / 3],
  ['growth of a counter that was set back', increase('counter'), [4], 5],
  ['growth over several samples', increase('hits'), [0, 1, 2, 3], 16],
  ['a rate', perSecond('hits'), [3], 4],
  ['a rate over several samples', perSecond('hits'), [1, 2, 3], 4],
  ['a rate within a moment', perSecond('counter'), [5], null],
  ['a share', shareOfIncrease('hits', 'misses'), [1, 3], 0.8],
  ['a share while neither grew', shareOfIncrease('hits', 'misses'), [4], null],
];

for (const [what, figure, indexes, value] of cases) {
  test(`${what} is ${value}`, () => {
    assert.equal(figure(samples, indexes), value);
  });
}
