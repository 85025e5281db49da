import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverTimingMs } from './server-timing.ts';

test('serverTimingMs returns the duration of a metric in a Server-Timing header, or null', () => {
  const header = 'cache;desc="hit", ai;dur=12.5;desc="model", ai-total;dur=20, total;dur=31';
  const durations = ['ai', 'ai-total', 'total', 'cache', 'db'].map((metric) => serverTimingMs(header, metric));
  assert.deepEqual(durations, [12.5, 20, 31, null, null]);
  assert.equal(serverTimingMs(undefined, 'total'), null);
});
