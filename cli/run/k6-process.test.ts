import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../testing/environment.ts';
import { startK6 } from './k6-process.ts';
import { redactor } from './redact.ts';

const TOKEN = 'token-7f3a';

test('a secret is taken out of the log also where k6 writes it in two pieces', async (t) => {
  const folder = temporaryFolder(t);
  const binary = path.join(folder, 'k6');
  writeFileSync(
    binary,
    `#!/bin/sh
printf '{"level":"warning","msg":"refused token-' >&2
sleep 0.2
printf '7f3a"}\\nlast line, with token-7f3a' >&2
`,
    { mode: 0o755 },
  );
  const logFile = path.join(folder, 'k6.log');
  using k6 = startK6({
    binary,
    bundle: 'bundle.js',
    outputs: [],
    tags: {},
    env: process.env,
    logFile,
    redact: redactor({ ADMIN_TOKEN: TOKEN }),
  });
  assert.deepEqual(await k6.exit, { outcome: 'completed', reason: null });
  assert.deepEqual(k6.log.messages(), [
    { level: 'warning', message: 'refused [ADMIN_TOKEN]', count: 1 },
    { level: 'error', message: 'last line, with [ADMIN_TOKEN]', count: 1 },
  ]);
  assert.equal(
    readFileSync(logFile, 'utf8'),
    '{"level":"warning","msg":"refused [ADMIN_TOKEN]"}\nlast line, with [ADMIN_TOKEN]\n',
  );
});
