import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VariableError } from './variable.ts';
import { readOptional, readVariable, SUITE_VARIABLES, type VariableName } from './variables.ts';

test('a value is parsed', () => {
  assert.equal(
    readVariable('API_URL', { API_URL: 'https://api.example.com/v1/' }),
    'https://api.example.com/v1',
  );
  assert.equal(readVariable('TIME_SCALE', { TIME_SCALE: '0.15' }), 0.15);
});

test('what is not set falls back, and locally to what the reference service is started with', () => {
  assert.equal(readVariable('TEST_ENV', {}), 'local');
  assert.equal(readVariable('TIME_SCALE', { TIME_SCALE: '' }), 1);
  assert.equal(readVariable('API_URL', {}), 'http://127.0.0.1:4010');
  assert.equal(readOptional('API_URL', { TEST_ENV: 'staging' }), undefined);
});

test('what is missing or malformed is named, with what it got and what it takes', () => {
  assert.throws(() => readVariable('API_URL', { TEST_ENV: 'staging' }), {
    name: 'VariableError',
    message: /^API_URL is not set: base URL of the target\. It takes an http or https URL/,
  });
  assert.throws(() => readVariable('TIME_SCALE', { TIME_SCALE: 'fast' }), {
    message: 'TIME_SCALE got "fast", but takes a number above 0 and at most 100.',
  });
  for (const bad of ['0', '-1', 'NaN', '1e9']) {
    assert.throws(() => readVariable('VUS_SCALE', { VUS_SCALE: bad }), VariableError);
  }
});

test('credentials in a URL are refused: they would end up in results', () => {
  assert.throws(
    () => readVariable('API_URL', { API_URL: 'https://me:pw@api.example.com' }),
    (error) =>
      error instanceof VariableError && error.message.startsWith('API_URL got "https://…@api.example.com"'),
  );
});

test('every fallback is a value that its own parser takes', () => {
  for (const [name, variable] of Object.entries(SUITE_VARIABLES)) {
    for (const value of ['fallback', 'local'].flatMap((key) =>
      key in variable ? [variable[key as 'parse']] : [],
    )) {
      assert.notEqual(variable.parse(String(value)), undefined, name);
    }
  }
});

const FORMS: [name: VariableName, good: [text: string, value: unknown][], bad: string[]][] = [
  [
    'TARGET_DATABASE_URL',
    [
      'postgresql://app:p%40ss:w%2Frd@db.example.com:5432/shop?sslmode=verify-full',
      'postgres://localhost/shop',
      'postgresql://app@[::1]:5432/shop',
    ].map((text) => [text, text]),
    [
      'mysql://db/shop',
      'postgresql://app:p@ss@db/shop',
      'postgresql://app:50%@db/shop',
      'db.example.com',
      'a b',
    ],
  ],
  [
    'TARGET_REDIS_URL',
    ['redis://:key@cache:6379/1', 'rediss://cache.example.com'].map((text) => [text, text]),
    ['http://cache', 'redis://:k/ey@cache'],
  ],
  ['TARGET_REDIS_SCAN_KEYS', [['5000', 5000]], ['0', '-1', 'all', '1000001']],
  [
    'PM2_PROCESSES',
    [
      ['all', ['all']],
      ['web, worker', ['web', 'worker']],
    ],
    ['web,', ' '],
  ],
  [
    'TARGET_PROCESS',
    [
      ['4711', { pid: 4711 }],
      [':3000', { port: 3000 }],
    ],
    ['0', ':70000', 'node', '3000:', ':'],
  ],
  [
    'OTLP_URL',
    [['https://otlp.example.com/otlp/', 'https://otlp.example.com/otlp']],
    ['otlp.example.com', 'grpc://otlp.example.com', 'https://me:pw@otlp.example.com'],
  ],
  [
    'OTEL_EXPORTER_OTLP_HEADERS',
    [['Authorization=Basic%20dXM6cHc=, x-team = a', { Authorization: 'Basic dXM6cHc=', 'x-team': 'a' }]],
    ['Authorization', 'a b=c', 'a=', 'a=50%', 'a=%0d%0ab', '=c'],
  ],
  ['K6_PROMETHEUS_RW_HTTP_HEADERS', [['X-Key:a%20b', { 'X-Key': 'a%20b' }]], ['X-Key=a', 'X-Key:', 'a b:c']],
];

for (const [name, good, bad] of FORMS)
  test(`a value is taken in its form, and in no other: ${name}`, () => {
    for (const [text, value] of good) assert.deepEqual(readVariable(name, { [name]: text }), value, text);
    for (const text of bad) assert.throws(() => readVariable(name, { [name]: text }), VariableError, text);
  });
