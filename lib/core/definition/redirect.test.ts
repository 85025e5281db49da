import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRedirect, keepsMethod, redirectTarget } from './redirect.ts';

const URL_OF_REQUEST = 'http://127.0.0.1:3000/orders/7?full=1';

for (const [location, expected] of [
  ['/v2/orders/7', 'http://127.0.0.1:3000/v2/orders/7'],
  ['8', 'http://127.0.0.1:3000/orders/8'],
  ['?full=0', 'http://127.0.0.1:3000/orders/7?full=0'],
  ['//127.0.0.1:3000/x', 'http://127.0.0.1:3000/x'],
  ['http://127.0.0.1:3000/login#top', 'http://127.0.0.1:3000/login'],
  ['HTTP://127.0.0.1:3000/login', 'HTTP://127.0.0.1:3000/login'],
  ['https://127.0.0.1:3000/login', null],
  ['http://127.0.0.1:3001/login', null],
  ['http://127.0.0.1:3000@example.com/', null],
  ['//example.com/login', null],
  ['ftp://127.0.0.1:3000/x', null],
  [undefined, null],
  ['', null],
] as const)
  test(`a redirect to ${location ?? 'no location'} leads to ${expected ?? 'no allowed URL'}`, () => {
    assert.equal(redirectTarget(URL_OF_REQUEST, location), expected);
  });

test('a redirect to a relative path of a URL without a path leads to the root', () => {
  assert.equal(redirectTarget('http://127.0.0.1:3000', 'login'), 'http://127.0.0.1:3000/login');
});

test('only 301, 302, 303, 307 and 308 are redirects', () => {
  const statuses = [200, 300, 301, 302, 303, 304, 305, 307, 308, 400];
  assert.deepEqual(statuses.filter(isRedirect), [301, 302, 303, 307, 308]);
});

test('a POST becomes a GET unless the status is 307 or 308', () => {
  assert.deepEqual(
    [301, 302, 303, 307, 308].map((status) => keepsMethod(status, 'POST')),
    [false, false, false, true, true],
  );
  assert.ok(keepsMethod(302, 'GET'));
});
