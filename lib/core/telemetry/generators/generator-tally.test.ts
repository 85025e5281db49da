import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUN_START_MS } from '../../testing/evidence.ts';
import { generatorWindow } from '../../testing/generators.ts';
import { GeneratorTally } from './generator-tally.ts';
import { WindowMerger } from './window-merger.ts';

function rolling(names: readonly string[]) {
  const roll = new GeneratorTally();
  return { roll, merger: new WindowMerger({ names, windowMs: 5000, onWindow: (one) => roll.add(one) }) };
}

test('who did what, over all windows; of those who sent nothing, nothing', () => {
  const { roll, merger } = rolling(['a', 'b', 'c']);
  merger.add('a', generatorWindow(0, 10, { vus: 3 }));
  merger.add('b', generatorWindow(1, 20, { overflowed: true }));
  merger.add('a', generatorWindow(5, 1, { vus: 2 }));
  merger.finish();
  assert.deepEqual(roll.totalsOf('a'), {
    startMs: RUN_START_MS,
    endMs: RUN_START_MS + 10_000,
    requests: 11,
    iterations: 11,
    droppedIterations: 0,
    vusMax: 3,
    overflowed: false,
    lateWindows: 0,
  });
  assert.equal(roll.totalsOf('b')?.requests, 20);
  assert.equal(roll.totalsOf('b')?.overflowed, true);
  assert.equal(roll.totalsOf('c'), null);
});

test('windows of a single generator are not told apart', () => {
  const roll = new GeneratorTally();
  roll.add(generatorWindow(0, 10));
  assert.equal(roll.totalsOf(''), null);
});

test('what came late is counted as such', () => {
  const { roll, merger } = rolling(['a', 'b']);
  for (let i = 0; i < 6; i++) merger.add('a', generatorWindow(5 * i, 1));
  merger.add('b', generatorWindow(0, 1));
  merger.add('b', generatorWindow(25, 1));
  merger.finish();
  assert.equal(roll.totalsOf('a')?.lateWindows, 0);
  assert.equal(roll.totalsOf('b')?.lateWindows, 1);
  assert.equal(roll.totalsOf('b')?.requests, 2);
});
