import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorKindOf, reasonTag } from './error-kind-of.ts';
import type { ErrorKind } from './error-kinds.ts';

test('a failed request is classified by status, error code and body', () => {
  const cases: [status: number, code: number, statusExpected: boolean, ErrorKind][] = [
    [0, 1050, false, 'timeout'],
    [0, 1211, false, 'timeout'],
    [0, 1212, false, 'connection-refused'],
    [0, 1220, false, 'connection-reset'],
    [0, 1101, false, 'dns'],
    [0, 1310, false, 'tls'],
    [0, 1000, false, 'network'],
    [401, 1401, false, 'authentication'],
    [404, 1404, false, 'not-found'],
    [429, 1429, false, 'rate-limited'],
    [422, 1422, false, 'client-error'],
    [503, 1503, false, 'server-error'],
    [504, 1504, false, 'timeout'],
    [302, 0, false, 'unexpected-status'],
    [200, 0, true, 'unexpected-body'],
    [401, 1401, true, 'unexpected-body'],
  ];
  for (const [status, code, expected, kind] of cases)
    assert.equal(errorKindOf(status, code, expected), kind, `${status}/${code}`);
});

test('reasonTag accepts only error codes, and at most twenty different ones', () => {
  const known: string[] = [];
  assert.equal(reasonTag('db_pool_timeout', known), 'db_pool_timeout');
  for (const error of [undefined, 7, {}, '', 'Not Found', 'id-4711 is unknown', 'a'.repeat(41)])
    assert.equal(reasonTag(error, known), undefined, String(error));
  for (let i = 1; i < 20; i++) assert.equal(reasonTag(`code-${i}`, known), `code-${i}`);
  assert.equal(reasonTag('one-too-many', known), undefined);
  assert.equal(reasonTag('code-7', known), 'code-7');
});
