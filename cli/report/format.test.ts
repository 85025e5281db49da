import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Limit, Unit } from '../../lib/core/definition/index.ts';
import type { Bounds } from '../../lib/core/evidence/index.ts';
import {
  alignColumns,
  formatClock,
  formatCount,
  formatInstant,
  formatInterval,
  formatLimit,
  formatMs,
  formatNumber,
  formatRange,
  formatValue,
} from './format.ts';

const numbers: [value: number, text: string][] = [
  [0, '0'],
  [1, '1.00'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [123.4, '123'],
  [1234.5, '1235'],
  [0.5, '0.50'],
  [0.123, '0.12'],
  [-12.34, '-12.3'],
  [-0.5, '-0.50'],
];
const barely: [value: number, text: string][] = [
  [0.04, '0.040'],
  [0.0042, '0.0042'],
  [-0.0042, '-0.0042'],
  [0.000_004_2, '0.0000042'],
];

describe('numbers', () => {
  for (const [value, text] of numbers) {
    test(`${value} is ${text}`, () => {
      assert.equal(formatNumber(value), text);
    });
  }
  for (const [value, text] of barely) {
    test(`${value} is ${text}: what is little is not nothing`, () => {
      assert.equal(formatNumber(value), text);
    });
  }
});

const values: [value: number | null, unit: Unit, text: string][] = [
  [null, 'ms', '–'],
  [null, 'count', '–'],
  [0, 'ms', '0 ms'],
  [132.4, 'ms', '132 ms'],
  [9999, 'ms', '9999 ms'],
  [10_000, 'ms', '10.0 s'],
  [90_000, 'ms', '90.0 s'],
  [0, 'fraction', '0 %'],
  [0.01, 'fraction', '1.00 %'],
  [0.000_04, 'fraction', '0.0040 %'],
  [1, 'fraction', '100 %'],
  [0.9994, 'fraction', '99.9 %'],
  [0.9995, 'fraction', '99.95 %'],
  [0.9996, 'fraction', '99.96 %'],
  [0.999_999_6, 'fraction', '99.99996 %'],
  [1.0004, 'fraction', '100 %'],
  [100 * 1024 * 1024, 'bytes', '100 MB'],
  [1.5 * 1024 * 1024, 'bytes', '1.50 MB'],
  [-3 * 1024 * 1024, 'bytes', '-3.00 MB'],
  [0, 'bytes', '0 bytes'],
  [999, 'bytes', '999 bytes'],
  [1000, 'bytes', '0.98 kB'],
  [8192, 'bytes', '8.00 kB'],
  [2.1 * 1024 ** 3, 'bytes', '2.10 GB'],
  [5 * 1024 ** 5, 'bytes', '5120 TB'],
  [2 ** 20, 'bytesPerHour', '1.00 MB/h'],
  [0, 'perSecond', '0/s'],
  [137.2, 'perSecond', '137/s'],
  [1_234_567, 'count', '1,234,567'],
  [30 * 1024 * 1024, 'bytesPerHour', '30.0 MB/h'],
  [0, 'count', '0'],
  [17, 'count', '17'],
];

describe('values in their unit', () => {
  for (const [value, unit, text] of values) {
    test(`${value} as ${unit} is ${text}`, () => {
      assert.equal(formatValue(value, unit), text);
    });
  }

  test('what went back in time is as far back', () => {
    assert.equal(formatMs(-12_000), '-12.0 s');
  });
});

const clocks: [ms: number, text: string][] = [
  [0, '0:00'],
  [-400, '0:00'],
  [-5000, '-0:05'],
  [65_000, '1:05'],
  [59_600, '1:00'],
  [3_845_000, '1:04:05'],
];

describe('places in a run', () => {
  for (const [ms, text] of clocks) {
    test(`${ms} ms is ${text}`, () => {
      assert.equal(formatClock(ms), text);
    });
  }

  test('a range is from one to the other', () => {
    assert.equal(formatRange(0, 90_000), '0:00–1:30');
  });

  test('an instant is in UTC', () => {
    assert.equal(formatInstant('2025-01-18T14:30:00.123Z'), '2025-01-18 14:30:00 UTC');
  });
});

const limits: [comparison: Limit['comparison'], text: string][] = [
  ['below', '< 400 ms'],
  ['above', '> 400 ms'],
  ['at-most', '≤ 400 ms'],
];
const intervals: [interval: Bounds | null, text: string][] = [
  [null, ''],
  [{ low: 1, high: 2 }, '1.00 ms to 2.00 ms'],
  [{ low: 1, high: null }, '1.00 ms to …'],
  [{ low: null, high: null }, '… to …'],
];

describe('criteria', () => {
  for (const [comparison, text] of limits) {
    test(`${comparison} 400 is ${text}`, () => {
      assert.equal(formatLimit({ comparison, limit: 400, unit: 'ms' }), text);
    });
  }
  for (const [interval, text] of intervals) {
    test(`the interval ${JSON.stringify(interval)} is ${JSON.stringify(text)}`, () => {
      assert.equal(formatInterval({ interval, unit: 'ms' }), text);
    });
  }
});

test('counts are grouped by thousands', () => {
  assert.deepEqual([0, 999, 1000, 1_234_567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
});

test('columns are as wide as their longest cell, names to the left and numbers to the right', () => {
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
