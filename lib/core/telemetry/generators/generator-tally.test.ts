import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN_START_MS } from '../../testing/evidence.ts';
import { generatorWindow } from '../../testing/generators.ts';
import { GeneratorTally } from './generator-tally.ts';
import { WindowMerger } from './window-merger.ts';

function tallyOfMerger(names: readonly string[]) {
  const tally = new GeneratorTally();
  const merger = new WindowMerger({ names, windowMs: 5000, onWindow: (window) => tally.add(window) });
  return { tally, merger };
}

test('a generator tally adds up windows by generator, and is null for a generator without windows', () => {
  const { tally, merger } = tallyOfMerger(['a', 'b', 'c']);
  merger.add('a', generatorWindow(0, 10, { vus: 3 }));
  merger.add('b', generatorWindow(1, 20, { overflowed: true }));
  merger.add('a', generatorWindow(5, 1, { vus: 2 }));
  merger.finish();
  assert.deepEqual(tally.totalsOf('a'), {
    startMs: RUN_START_MS,
    endMs: RUN_START_MS + 10_000,
    requests: 11,
    iterations: 11,
    droppedIterations: 0,
    vusMax: 3,
    overflowed: false,
    lateWindows: 0,
  });
  assert.equal(tally.totalsOf('b')?.requests, 20);
  assert.equal(tally.totalsOf('b')?.overflowed, true);
  assert.equal(tally.totalsOf('c'), null);
});

test('a generator tally is null for a run with a single generator', () => {
  const tally = new GeneratorTally();
  tally.add(generatorWindow(0, 10));
  assert.equal(tally.totalsOf(''), null);
});

test('a generator tally counts the windows that received late data', () => {
  const { tally, merger } = tallyOfMerger(['a', 'b']);
  for (let i = 0; i < 6; i++) merger.add('a', generatorWindow(5 * i, 1));
  merger.add('b', generatorWindow(0, 1));
  merger.add('b', generatorWindow(25, 1));
  merger.finish();
  assert.equal(tally.totalsOf('a')?.lateWindows, 0);
  assert.equal(tally.totalsOf('b')?.lateWindows, 1);
  assert.equal(tally.totalsOf('b')?.requests, 2);
});
