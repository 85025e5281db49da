import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Limit } from '../../lib/core/definition/index.ts';
import type { NullableInterval } from '../../lib/core/evidence/index.ts';
import { alignColumns, formatClock, formatInstant, formatInterval, formatLimit, formatRange } from './format.ts';

const clocks: [ms: number, text: string][] = [
  [0, '0:00'],
  [-400, '0:00'],
  [-5000, '-0:05'],
  [65_000, '1:05'],
  [59_600, '1:00'],
  [3_845_000, '1:04:05'],
];

describe('formatting of times', () => {
  for (const [ms, text] of clocks) {
    test(`formatClock shows ${ms} ms as ${text}`, () => {
      assert.equal(formatClock(ms), text);
    });
  }

  test('formatRange joins start and end with a dash', () => {
    assert.equal(formatRange(0, 90_000), '0:00–1:30');
  });

  test('formatInstant shows a date and time in UTC without milliseconds', () => {
    assert.equal(formatInstant('2025-01-18T14:30:00.123Z'), '2025-01-18 14:30:00 UTC');
  });
});

const limits: [comparison: Limit['comparison'], text: string][] = [
  ['below', '< 400 ms'],
  ['above', '> 400 ms'],
  ['at-most', '≤ 400 ms'],
];
const intervals: [interval: NullableInterval | null, text: string][] = [
  [null, ''],
  [{ low: 1, high: 2 }, '1.00 ms to 2.00 ms'],
  [{ low: 1, high: null }, '1.00 ms to …'],
  [{ low: null, high: null }, '… to …'],
];

describe('formatting of limits and intervals', () => {
  for (const [comparison, text] of limits) {
    test(`formatLimit shows 400 ms with the comparison "${comparison}" as ${text}`, () => {
      assert.equal(formatLimit({ comparison, limit: 400, unit: 'ms' }), text);
    });
  }

  test('formatLimit shows every digit that the test specifies', () => {
    assert.equal(formatLimit({ comparison: 'below', limit: 0.1225, unit: 'fraction' }), '< 12.25 %');
  });

  for (const [interval, text] of intervals) {
    test(`formatInterval shows ${JSON.stringify(interval)} as ${JSON.stringify(text)}`, () => {
      assert.equal(formatInterval({ interval, unit: 'ms' }), text);
    });
  }
});

test('alignColumns fits each column to its widest cell, with names on the left and numbers on the right', () => {
  const rows = [
    ['', 'count', 'p95'],
    ['all', '1,000', '9 ms'],
    ['GET /items', '7', '120 ms'],
    ['none', '', ''],
  ];
  assert.deepEqual(alignColumns(rows), [
    '            count     p95',
    'all         1,000    9 ms',
    'GET /items      7  120 ms',
    'none',
  ]);
  assert.deepEqual(
    alignColumns(
      [
        ['a', 'b', '1'],
        ['long', 'longer', '22'],
      ],
      2,
    ),
    ['a     b        1', 'long  longer  22'],
  );
  assert.deepEqual(alignColumns([]), []);
});
