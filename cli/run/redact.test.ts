import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeclaredVariable, ProcessEnvironment } from '../../lib/core/definition/index.ts';
import { redactor as redactorFor } from './redact.ts';

const TOKEN = 'token-7f3a';
const SECRET = 'secret-91bc';

const declared: DeclaredVariable[] = ['ADMIN_TOKEN', 'WEBHOOK_SECRET'].map((name) => ({
  name,
  kind: 'secret',
  description: 'a credential',
  local: 'local-value',
}));
const redactor = (env: ProcessEnvironment) => redactorFor(env, declared);

test('redaction replaces every occurrence of a secret with the name of its variable', () => {
  const redact = redactor({ ADMIN_TOKEN: TOKEN, WEBHOOK_SECRET: SECRET });
  assert.equal(
    redact(`Authorization: Bearer ${TOKEN}, again ${TOKEN}; key=${SECRET}.`),
    'Authorization: Bearer [ADMIN_TOKEN], again [ADMIN_TOKEN]; key=[WEBHOOK_SECRET].',
  );
});

test('redaction does not remove the values of variables that are not secret', () => {
  const redact = redactor({ API_URL: 'http://api.example.com', ADMIN_TOKEN: TOKEN, HOME: '/home/me' });
  const text = 'GET http://api.example.com from /home/me';
  assert.equal(redact(text), text);
});

test('redaction does not remove very short secrets', () => {
  for (const env of [{}, { ADMIN_TOKEN: '' }, { ADMIN_TOKEN: 'abc' }])
    assert.equal(redactor(env)('abc abc'), 'abc abc');
});

test('redaction removes secrets that contain special characters of regular expressions', () => {
  const redact = redactor({ ADMIN_TOKEN: 'a.b*c$&(1)' });
  assert.equal(redact('a.b*c$&(1) axbbc'), '[ADMIN_TOKEN] axbbc');
});

test('redaction removes a secret that is escaped in JSON', () => {
  const value = 'k<e>y&"quoted"\\end';
  const redact = redactor({ WEBHOOK_SECRET: value });
  const byNode = JSON.stringify({ msg: `wrong key ${value}` });
  // k6 uses Go's JSON encoder, which also escapes the characters <, > and &.
  const byGo = byNode.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  for (const line of [byNode, byGo]) assert.deepEqual(JSON.parse(redact(line)), { msg: 'wrong key [WEBHOOK_SECRET]' });
});

test('redaction removes the password of a secret URL even without the rest of the URL', () => {
  const redact = redactor({ TARGET_DATABASE_URL: 'postgresql://app:p%40ss-word@db.example.com/shop' });
  assert.equal(
    redact('postgresql://app:p%40ss-word@db.example.com/shop p%40ss-word p@ss-word db.example.com'),
    '[TARGET_DATABASE_URL] [TARGET_DATABASE_URL] [TARGET_DATABASE_URL] db.example.com',
  );
  assert.equal(redactor({ TARGET_REDIS_URL: 'redis://:100%25!x@127.0.0.1' })('100%!x'), '[TARGET_REDIS_URL]');
});

test('redaction removes the values of secret headers, even without the header name or the scheme', () => {
  const redact = redactor({
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20dXNlcjpwYXNz,X-Team=alpha',
    K6_PROMETHEUS_RW_HTTP_HEADERS: 'X-Key:k-91bc',
  });
  assert.equal(
    redact('Basic dXNlcjpwYXNz, dXNlcjpwYXNz, alpha and k-91bc: Authorization, X-Team, X-Key'),
    '[OTEL_EXPORTER_OTLP_HEADERS], [OTEL_EXPORTER_OTLP_HEADERS], [OTEL_EXPORTER_OTLP_HEADERS] and ' +
      '[K6_PROMETHEUS_RW_HTTP_HEADERS]: Authorization, X-Team, X-Key',
  );
});

test('redaction replaces the whole secret if a shorter secret is its prefix', () => {
  assert.equal(
    redactor({ ADMIN_TOKEN: TOKEN, WEBHOOK_SECRET: `${TOKEN}-more` })(`${TOKEN}-more ${TOKEN}`),
    '[WEBHOOK_SECRET] [ADMIN_TOKEN]',
  );
});
