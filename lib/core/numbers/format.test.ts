import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FigureUnit, formatExactValue, formatNumber, formatValue, pluralize } from './format.ts';

const numbers: [value: number, text: string][] = [
  [0, '0'],
  [1, '1.00'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [9.996, '10.0'],
  [99.96, '100'],
  [123.4, '123'],
  [1234.5, '1235'],
  [0.5, '0.50'],
  [0.123, '0.12'],
  [-12.34, '-12.3'],
  [-0.5, '-0.50'],
  // Small values must not be formatted as 0.
  [0.04, '0.040'],
  [0.0042, '0.0042'],
  [-0.0042, '-0.0042'],
  [0.000_004_2, '0.0000042'],
];

describe('formatNumber', () => {
  for (const [value, text] of numbers) {
    test(`formats ${value} as ${text}`, () => {
      assert.equal(formatNumber(value), text);
    });
  }
});

const values: [value: number | null, unit: FigureUnit, text: string][] = [
  [null, 'ms', '–'],
  [null, 'count', '–'],
  [0, 'ms', '0 ms'],
  [132.4, 'ms', '132 ms'],
  [9999, 'ms', '9999 ms'],
  [10_000, 'ms', '10.0 s'],
  [90_000, 'ms', '90.0 s'],
  [-12_000, 'ms', '-12.0 s'],
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
  [999, 'count', '999'],
  [1000, 'count', '1,000'],
  [3.456, 'count', '3.46'],
  [1234.5, 'count', '1,235'],
];

describe('formatValue', () => {
  for (const [value, unit, text] of values) {
    test(`formats ${value} in the unit ${unit} as ${text}`, () => {
      assert.equal(formatValue(value, unit), text);
    });
  }
});

test('pluralize uses the singular only for 1', () => {
  assert.deepEqual(
    [pluralize(0, 'request'), pluralize(1, 'request'), pluralize(1234, 'retry', 'retries')],
    ['0 requests', '1 request', '1,234 retries'],
  );
});

describe('formatExactValue', () => {
  const chosen: [value: number, unit: FigureUnit, text: string][] = [
    [400.5, 'ms', '400.5 ms'],
    [30_000, 'ms', '30 s'],
    [0.1225, 'fraction', '12.25 %'],
    [0.07, 'fraction', '7 %'],
    [0.9995, 'fraction', '99.95 %'],
    [1000, 'count', '1,000'],
    [1234.5678, 'count', '1,234.5678'],
    [0.000_001, 'perSecond', '0.000001/s'],
  ];
  for (const [value, unit, text] of chosen) {
    test(`formatExactValue keeps all digits of ${value} in the unit ${unit}: ${text}`, () => {
      assert.equal(formatExactValue(value, unit), text);
    });
  }
});
