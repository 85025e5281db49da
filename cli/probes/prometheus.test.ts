import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PrometheusSample, parsePrometheus } from './prometheus.ts';

const lines: [what: string, line: string, sample: Partial<PrometheusSample>][] = [
  ['a name and a value', 'up 1', { name: 'up', value: 1 }],
  ['a name with colons', 'job:up:sum 3', { name: 'job:up:sum', value: 3 }],
  ['a fraction', 'lag_seconds 0.0125', { name: 'lag_seconds', value: 0.0125 }],
  ['an exponent', 'bytes 1.2345e+08', { name: 'bytes', value: 123_450_000 }],
  ['a negative value', 'delta -4', { name: 'delta', value: -4 }],
  ['plus infinity', 'max +Inf', { name: 'max', value: Infinity }],
  ['minus infinity', 'min -Inf', { name: 'min', value: -Infinity }],
  ['not a number', 'mean NaN', { name: 'mean', value: Number.NaN }],
  ['a timestamp', 'up 1 1737210600000', { name: 'up', value: 1 }],
  ['a negative timestamp', 'up 1 -5', { name: 'up', value: 1 }],
  ['white space around', '  up \t 1 \r', { name: 'up', value: 1 }],
  ['no labels in braces', 'up{} 1', { name: 'up', value: 1 }],
  ['labels', 'hits{method="GET",status="200"} 7', { name: 'hits', labels: { method: 'GET', status: '200' }, value: 7 }],
  [
    'labels with a comma at the end and a timestamp',
    'hits{le="+Inf",} 7 1737210600000',
    { name: 'hits', labels: { le: '+Inf' }, value: 7 },
  ],
  ['an empty label', 'hits{user=""} 7', { name: 'hits', labels: { user: '' }, value: 7 }],
  [
    'braces, commas and spaces in a label',
    'hits{path="/a/{id}, b"} 7',
    { name: 'hits', labels: { path: '/a/{id}, b' }, value: 7 },
  ],
  [
    'escapes in a label',
    String.raw`hits{path="C:\\temp\\new",text="a \"b\"\nc"} 7`,
    { name: 'hits', labels: { path: String.raw`C:\temp\new`, text: 'a "b"\nc' }, value: 7 },
  ],
];

for (const [what, line, sample] of lines) {
  test(`the Prometheus parser accepts ${what}`, () => {
    assert.deepEqual(parsePrometheus(line), [{ labels: {}, ...sample }]);
  });
}

test('the Prometheus parser skips comments, empty lines and invalid lines', () => {
  const text = [
    '# HELP up Whether it is up {or not} 1',
    '# TYPE up gauge',
    'up 1',
    '',
    '<html>no metrics here</html>',
    '# a comment',
    'novalue',
    '9lives 9',
    'down 0',
    '# EOF',
  ].join('\r\n');
  assert.deepEqual(
    parsePrometheus(text).map(({ name, value }) => [name, value]),
    [
      ['up', 1],
      ['down', 0],
    ],
  );
});
