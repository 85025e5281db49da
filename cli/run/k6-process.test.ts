import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ensureK6 } from '../k6/index.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { freeAddress, resumeK6, waitUntilPaused } from './k6-api.ts';
import { startK6 } from './k6-process.ts';
import { redactor } from './redact.ts';

const TOKEN = 'token-7f3a';

test('a secret is removed from the log even if k6 writes the secret in two chunks', async (t) => {
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
    redact: redactor({ ADMIN_TOKEN: TOKEN }, [
      { name: 'ADMIN_TOKEN', kind: 'secret', description: 'token of the API', local: 'local-token' },
    ]),
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

test('stopping k6 through its REST API aborts the run', async (t) => {
  const folder = temporaryFolder(t);
  const bundle = path.join(folder, 'script.js');
  writeFileSync(
    bundle,
    `import { sleep } from 'k6';
     export const options = { vus: 1, duration: '60s' };
     export default () => sleep(0.1);`,
  );
  const { path: binary } = await ensureK6({ env: process.env, log: () => {} });
  const address = await freeAddress();
  using k6 = startK6({
    binary,
    bundle,
    outputs: [],
    tags: {},
    env: { PATH: process.env.PATH },
    logFile: path.join(folder, 'k6.log'),
    segment: { segment: '0:1', sequence: '0,1', address },
    redact: (text) => text,
  });
  await waitUntilPaused(address, t.signal);
  await resumeK6(address, t.signal);
  const response = await fetch(`http://${address}/v1/status`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ data: { type: 'status', id: 'default', attributes: { stopped: true } } }),
  });
  assert.equal(response.status, 200);
  const { outcome, reason } = await k6.exit;
  assert.equal(outcome, 'aborted');
  assert.match(reason ?? '', /REST API/);
});
