import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Unit } from '../../lib/core/criteria.ts';
import { alignColumns, formatCount, formatMs, formatNumber, formatValue } from './format.ts';

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
