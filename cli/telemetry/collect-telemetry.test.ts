import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Window } from '../../lib/core/telemetry/index.ts';
import { generatorWindow } from '../../lib/core/testing/generators.ts';
import { collectTelemetry } from './collect-telemetry.ts';

function gathering(names: readonly string[]) {
  const windows: Window[] = [];
  return { windows, ...collectTelemetry(names, 5000, (window) => windows.push(window)) };
}

test('with one generator every window is passed on unchanged, regardless of its name', () => {
  const { windows, add: take, unknownGenerators: strangers } = gathering(['k6']);
  const sent = [generatorWindow(0, 3), generatorWindow(5, 4)];
  take({ generator: '', window: sent[0] as Window });
  take({ generator: 'other', window: sent[1] as Window });
  assert.deepEqual(windows, sent);
  assert.deepEqual(strangers(), []);
});

test('windows of several generators are merged, and those of unknown generators are ignored and named', () => {
  const {
    windows,
    add: take,
    markEnded: ended,
    finish,
    unknownGenerators: strangers,
  } = gathering(['a', 'b']);
  take({ generator: 'a', window: generatorWindow(0, 3) });
  take({ generator: 'c', window: generatorWindow(0, 5) });
  take({ generator: '', window: generatorWindow(0, 7) });
  take({ generator: 'c', window: generatorWindow(5, 5) });
  assert.equal(windows.length, 0);
  ended('b');
  assert.deepEqual(Object.keys(windows[0]?.generators ?? {}), ['a']);
  take({ generator: 'a', window: generatorWindow(5, 1) });
  finish();
  assert.equal(windows.length, 2);
  assert.deepEqual(strangers(), ['c', 'a generator without a name']);
});
