import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Window } from '../../lib/core/telemetry/index.ts';
import { generatorWindow } from '../../lib/core/testing/generators.ts';
import { collectTelemetry } from './collect-telemetry.ts';

function startCollecting(names: readonly string[]) {
  const windows: Window[] = [];
  return { windows, ...collectTelemetry(names, 5000, (window) => windows.push(window)) };
}

test('with one generator, every telemetry window is passed on unchanged, whatever generator name it contains', () => {
  const { windows, add, unknownGenerators } = startCollecting(['k6']);
  const sent = [generatorWindow(0, 3), generatorWindow(5, 4)];
  add({ generator: '', window: sent[0] as Window });
  add({ generator: 'other', window: sent[1] as Window });
  assert.deepEqual(windows, sent);
  assert.deepEqual(unknownGenerators(), []);
});

test('telemetry of several generators is merged; telemetry of unknown generators is ignored and reported', () => {
  const { windows, add, markEnded, finish, unknownGenerators } = startCollecting(['a', 'b']);
  add({ generator: 'a', window: generatorWindow(0, 3) });
  add({ generator: 'c', window: generatorWindow(0, 5) });
  add({ generator: '', window: generatorWindow(0, 7) });
  add({ generator: 'c', window: generatorWindow(5, 5) });
  assert.equal(windows.length, 0);
  markEnded('b');
  assert.deepEqual(Object.keys(windows[0]?.generators ?? {}), ['a']);
  add({ generator: 'a', window: generatorWindow(5, 1) });
  finish();
  assert.equal(windows.length, 2);
  assert.deepEqual(unknownGenerators(), ['c', 'a generator without a name']);
});
