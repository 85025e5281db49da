import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collectLog, lastErrorIn, plainMessage } from './k6-log.ts';

const line = (level: string, msg: string, error?: string) => `${JSON.stringify({ level, msg, error })}\n`;

describe('lastErrorIn', () => {
  const cases: [what: string, log: string, error: string | null][] = [
    ['returns null for an empty log', '', null],
    ['returns null without errors', line('info', 'ready') + line('warning', 'slow'), null],
    ['returns the last error', line('error', 'first') + line('fatal', 'last') + line('info', 'bye'), 'last'],
    [
      'prefers the error field of a log line to its message',
      line('error', 'could not run', 'no such file'),
      'no such file',
    ],
    ['removes the prefixes of k6', line('error', 'GoError: unknown option'), 'unknown option'],
    ['accepts a line that is not JSON', 'panic: out of memory\n', 'panic: out of memory'],
    [
      'returns the first line of a stack trace and the location in the test code',
      line(
        'error',
        'TypeError: x is undefined\n\tat run (file:///a/dist/b.js:9:1)\n\tat call (tests/shop/peak.ts:12:3)\n',
      ),
      'TypeError: x is undefined (at call (tests/shop/peak.ts:12:3))',
    ],
  ];
  for (const [what, log, error] of cases) {
    test(`lastErrorIn ${what}`, () => {
      assert.equal(lastErrorIn(log), error);
    });
  }
});

test('plainMessage keeps the name of an error type such as TypeError, and drops generic names', () => {
  assert.equal(plainMessage('Error: broken\n\tat native'), 'broken');
  assert.equal(plainMessage('Uncaught (in promise): broken'), 'broken');
  assert.equal(plainMessage('RangeError: too large'), 'RangeError: too large');
  assert.equal(plainMessage('Could not save:\n\t- no space left\n\t- nor here'), 'Could not save: no space left');
  assert.equal(plainMessage(''), '');
});

describe('collectLog', () => {
  const collected = (...pieces: string[]) => {
    const log = collectLog();
    for (const piece of pieces) log.write(piece);
    return log.messages();
  };

  test('collectLog counts repeated warnings and errors, most frequent first, and drops other levels', () => {
    const messages = collected(
      line('warning', 'slow'),
      line('error', 'broken', 'Error: cause'),
      line('info', 'ready'),
      line('error', 'broken', 'Error: cause'),
      line('debug', 'detail'),
    );
    assert.deepEqual(messages, [
      { level: 'error', message: 'broken: Error: cause', count: 2 },
      { level: 'warning', message: 'slow', count: 1 },
    ]);
  });

  test('collectLog returns the same messages however the log is split into chunks', () => {
    const text = line('warning', 'slow') + line('error', 'broken') + line('warning', 'slow');
    const whole = collected(text);
    for (const size of [1, 7, 40])
      assert.deepEqual(collected(...(text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])), whole);
    assert.deepEqual(collected(text.trimEnd()), whole);
  });

  test('collectLog counts failed requests that differ only in IDs and ports as one message', () => {
    const failed = (port: number) =>
      line('warning', 'Request Failed', `Get "http://127.0.0.1:${port}/jobs/${port * 7}": connection refused`);
    assert.deepEqual(collected(failed(40_001), failed(40_002)), [
      {
        level: 'warning',
        message: 'Request Failed: Get "http://….0.0.1:…/jobs/…": connection refused',
        count: 2,
      },
    ]);
  });

  test('collectLog keeps numbers in messages that are not about failed requests', () => {
    const messages = collected(line('error', 'limit of 100 reached'), line('error', 'limit of 200 reached'));
    assert.equal(messages.length, 2);
  });

  test('collectLog drops messages about the thresholds of k6', () => {
    assert.deepEqual(
      collected(line('error', "thresholds on metrics 'checks, http_req_duration' have been crossed")),
      [],
    );
  });

  test('collectLog stores a limited number of distinct messages, and keeps counting the stored messages', () => {
    const many = Array.from({ length: 200 }, (_, i) => line('error', `error number ${i}`));
    const messages = collected(...many, line('error', 'error number 0'));
    assert.equal(messages.length, 50);
    assert.deepEqual(messages[0], { level: 'error', message: 'error number 0', count: 2 });
  });

  test('collectLog returns the messages so far while k6 is still writing the log', () => {
    const log = collectLog();
    log.write(line('error', 'first'));
    assert.equal(log.messages().length, 1);
    log.write(line('error', 'first') + line('error', 'second'));
    assert.deepEqual(
      log.messages().map(({ message, count }) => [message, count]),
      [
        ['first', 2],
        ['second', 1],
      ],
    );
  });
});
