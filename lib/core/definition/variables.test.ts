import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VariableError } from './variable.ts';
import { readOptional, readVariable, SUITE_VARIABLES, type VariableName } from './variables.ts';

test('readVariable parses the value of a variable', () => {
  assert.equal(readVariable('API_URL', { API_URL: 'https://api.example.com/v1/' }), 'https://api.example.com/v1');
  assert.equal(readVariable('TIME_SCALE', { TIME_SCALE: '0.15' }), 0.15);
});

test('variables that are not set have their fallback, and in the local environment their local value', () => {
  assert.equal(readVariable('TEST_ENV', {}), 'local');
  assert.equal(readVariable('TIME_SCALE', { TIME_SCALE: '' }), 1);
  assert.equal(readVariable('API_URL', {}), 'http://127.0.0.1:4010');
  assert.equal(readOptional('API_URL', { TEST_ENV: 'staging' }), undefined);
});

test('messages about missing and malformed variables give the value and the expected form', () => {
  assert.throws(() => readVariable('API_URL', { TEST_ENV: 'staging' }), {
    name: 'VariableError',
    message: /^API_URL is not set \(base URL of the target\)\. Set it to an http or https URL/,
  });
  assert.throws(() => readVariable('TIME_SCALE', { TIME_SCALE: 'fast' }), {
    message: 'TIME_SCALE is "fast", but it must be a number above 0 and at most 100.',
  });
  for (const bad of ['0', '-1', 'NaN', '1e9']) {
    assert.throws(() => readVariable('VUS_SCALE', { VUS_SCALE: bad }), VariableError);
  }
});

test('a URL with credentials is rejected, and the message does not contain them', () => {
  assert.throws(
    () => readVariable('API_URL', { API_URL: 'https://me:pw@api.example.com' }),
    (error) => error instanceof VariableError && error.message.startsWith('API_URL is "https://…@api.example.com"'),
  );
});

test('every fallback and local value is valid', () => {
  for (const [name, variable] of Object.entries(SUITE_VARIABLES)) {
    for (const value of ['fallback', 'local'].flatMap((key) => (key in variable ? [variable[key as 'parse']] : []))) {
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
    ['mysql://db/shop', 'postgresql://app:p@ss@db/shop', 'postgresql://app:50%@db/shop', 'db.example.com', 'a b'],
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
  test(`${name} accepts valid values and rejects others`, () => {
    for (const [text, value] of good) assert.deepEqual(readVariable(name, { [name]: text }), value, text);
    for (const text of bad) assert.throws(() => readVariable(name, { [name]: text }), VariableError, text);
  });
