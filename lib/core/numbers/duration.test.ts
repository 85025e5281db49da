import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatExactDuration, parseDuration } from './duration.ts';

test('parseDuration accepts the duration syntax of k6', () => {
  assert.equal(parseDuration('90s'), 90_000);
  assert.equal(parseDuration('1m30s'), 90_000);
  assert.equal(parseDuration('250ms'), 250);
  assert.equal(parseDuration('0.5h'), 1_800_000);
});

test('parseDuration rejects any other text with a message that quotes it', () => {
  for (const text of ['', '10', 'm', '10 s', '-5s', '5s!']) {
    assert.throws(() => parseDuration(text), { name: 'RangeError', message: new RegExp(`"${text}"`) });
  }
});

test('formatDuration returns a short form that parseDuration accepts', () => {
  for (const [ms, text] of [
    [0, '0s'],
    [250, '250ms'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [3_661_000, '1h1m1s'],
  ] as const) {
    assert.equal(formatDuration(ms), text);
    assert.equal(parseDuration(text), ms);
  }
});

test('formatExactDuration keeps fractions of a second', () => {
  assert.deepEqual([90_500, 90_000, 0].map(formatExactDuration), ['90500ms', '1m30s', '0s']);
  assert.equal(parseDuration(formatExactDuration(90_500)), 90_500);
});
