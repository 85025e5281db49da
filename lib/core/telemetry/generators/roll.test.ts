import assert from 'node:assert/strict';
import { test } from 'node:test';
import { START_MS } from '../../testing/evidence.ts';
import { windowOf } from '../../testing/generators.ts';
import { WindowMerger } from './merge.ts';
import { GeneratorRoll } from './roll.ts';

function rolling(names: readonly string[]) {
  const roll = new GeneratorRoll();
  return { roll, merger: new WindowMerger({ names, windowMs: 5000, onWindow: (one) => roll.add(one) }) };
}

test('who did what, over all windows; of those who sent nothing, nothing', () => {
  const { roll, merger } = rolling(['a', 'b', 'c']);
  merger.add('a', windowOf(0, 10, { vus: 3 }));
  merger.add('b', windowOf(1, 20, { overflowed: true }));
  merger.add('a', windowOf(5, 1, { vus: 2 }));
  merger.finish();
  assert.deepEqual(roll.of('a'), {
    startMs: START_MS,
    endMs: START_MS + 10_000,
    requests: 11,
    iterations: 11,
    droppedIterations: 0,
    vusMax: 3,
    overflowed: false,
    lateWindows: 0,
  });
  assert.equal(roll.of('b')?.requests, 20);
  assert.equal(roll.of('b')?.overflowed, true);
  assert.equal(roll.of('c'), null);
});

test('windows of a single generator are not told apart', () => {
  const roll = new GeneratorRoll();
  roll.add(windowOf(0, 10));
  assert.equal(roll.of(''), null);
});

test('what came late is counted as such', () => {
  const { roll, merger } = rolling(['a', 'b']);
  for (let i = 0; i < 6; i++) merger.add('a', windowOf(5 * i, 1));
  merger.add('b', windowOf(0, 1));
  merger.add('b', windowOf(25, 1));
  merger.finish();
  assert.equal(roll.of('a')?.lateWindows, 0);
  assert.equal(roll.of('b')?.lateWindows, 1);
  assert.equal(roll.of('b')?.requests, 2);
});
