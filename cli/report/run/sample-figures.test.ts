import assert from 'node:assert/strict';
import { test } from 'node:test';
import { average, increase, maximum, perSecond, type SampleFigure, shareOfIncrease } from './sample-figures.ts';

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
  ['the mean without values', average('gauge'), [2], null],
  ['the mean of a missing column', average('none'), [0, 1], null],
  ['the maximum', maximum('gauge'), [0, 1, 3, 4], 5],
  ['the increase since the previous sample', increase('counter'), [1], 20],
  ['the increase at the first sample', increase('counter'), [0], null],
  ['the increase over a gap', increase('counter'), [2, 3], 20],
  ['the rate over a gap', perSecond('counter'), [3], 20 / 3],
  ['the increase of a counter that was reset', increase('counter'), [4], 5],
  ['the increase over several samples', increase('hits'), [0, 1, 2, 3], 16],
  ['the rate', perSecond('hits'), [3], 4],
  ['the rate over several samples', perSecond('hits'), [1, 2, 3], 4],
  ['the rate between samples that are too close', perSecond('counter'), [5], null],
  ['the share of hits', shareOfIncrease('hits', 'misses'), [1, 3], 0.8],
  ['the share if neither counter increased', shareOfIncrease('hits', 'misses'), [4], null],
];

for (const [what, figure, indexes, value] of cases) {
  test(`in samples of gauges and counters, ${what} is ${value}`, () => {
    assert.equal(figure(samples, indexes), value);
  });
}
