import assert from 'node:assert/strict';
import { globSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runsIn } from '../cli/results/find.ts';
import { serve } from '../cli/testing/environment.ts';
import { assertRefused, eventually, Sandbox } from './suite.ts';

const sandbox = new Sandbox();
const results = sandbox.subfolder('results');

test('settings that are none, are secret, or change nothing are refused before any load', async () => {
  const ab = (a: string, env: Record<string, string> = {}) =>
    sandbox.command(['ab', 'peak', '--a', a, '--b', 'DB_POOL_MAX=3', '--results', results], { env });
  assertRefused(await ab('DB_POOL_MAX'), 2, '"DB_POOL_MAX" is not a setting');
  assertRefused(await ab('ADMIN_TOKEN=x'), 2, 'ADMIN_TOKEN is a secret');
  assertRefused(
    await ab('DB_POOL_MAX=5', { API_URL: 'http://127.0.0.1:9' }),
    2,
    'DB_POOL_MAX would have no effect',
  );
});

test('ab ends where the sides turn out not to be comparable, or somebody stops it', async () => {
  const place = sandbox.subfolder('ended');
  const seeds = ['ab', 'smoke', '--a', 'SEED=1', '--b', 'SEED=2', '--results', place];
  const ended = await sandbox.command(seeds);
  assert.equal(ended.code, 3, ended.stderr);
  assert.match(ended.stderr, /the data differs: seed 1 in .*; seed 2 in /);
  assert.equal((await runsIn(place)).length, 2, 'not one run more than it took to know');

  const stopped = sandbox.start([
    ...['ab', 'peak', '--a', 'DB_POOL_MAX=5', '--b', 'DB_POOL_MAX=6'],
    ...['--time-scale', '0.1', '--vus-scale', '0.1', '--results', place],
  ]);
  await eventually('load', () => globSync('booking/peak/*/windows.ndjson', { cwd: place }).length > 0);
  stopped.kill('SIGINT');
  const { code, stderr, stdout } = await stopped.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Interrupted before the sides could be compared/);
  assert.equal(stdout, '');
});

test("somebody else's k6 is compared as far as its summary tells", async (t) => {
  const url = await serve(t, (_, response) => response.end('ok'));
  const cwd = sandbox.subfolder('theirs');
  writeFileSync(
    path.join(cwd, 'script.js'),
    `import http from 'k6/http';
     export const options = { vus: 2, iterations: 300, thresholds: { 'http_req_duration{name:home}': ['p(95)<9000'] } };
     export default () => { http.get('${url}/', { tags: { name: 'home' } }); };`,
  );
  const ways: Record<string, string[]> = { export: [], machine: ['--new-machine-readable-summary'] };
  for (const [name, options] of Object.entries(ways)) {
    const ended = await sandbox.k6([...options, '--summary-export', `${name}.json`, 'script.js'], { cwd });
    assert.equal(ended.code, 0, ended.stderr);
  }
  const { code, stdout } = await sandbox.command(
    ['compare', path.join(cwd, 'export.json'), path.join(cwd, 'machine.json'), '--all'],
    { cwd },
  );
  assert.equal(code, 3, stdout);
  assert.match(stdout, /^\nCAN'T TELL {2}1 run against 1 run$/m);
  assert.match(stdout, /^ {2}\? can't tell {2}p95 .* its uncertainty is unknown$/m);
  assert.match(stdout, /^ {2}\? can't tell {2}error rate +0 % +0 % +0 points +-1\.\d+ to \+1\.\d+ points$/m);
  assert.match(stdout, /^Home\n {2}\? can't tell {2}p50 .* its uncertainty is unknown$/m);
  assert.match(stdout, /export\.json: the file is a k6 summary, so it was not checked whether test/);
});
