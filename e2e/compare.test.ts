import assert from 'node:assert/strict';
import { globSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runsIn } from '../cli/results/find.ts';
import { serve } from '../cli/testing/environment.ts';
import { assertRefused, eventually, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const results = sandbox.subfolder('results');

test('ab refuses settings that are invalid, secret or without effect before it starts a run', async () => {
  const ab = (a: string, env: Record<string, string> = {}) =>
    sandbox.runCommand(['ab', 'peak', '--a', a, '--b', 'DB_POOL_MAX=3', '--results', results], { env });
  assertRefused(await ab('DB_POOL_MAX'), 2, '"DB_POOL_MAX" is not a setting');
  assertRefused(await ab('ADMIN_TOKEN=x'), 2, 'ADMIN_TOKEN is a secret');
  assertRefused(await ab('DB_POOL_MAX=5', { API_URL: 'http://127.0.0.1:9' }), 2, 'DB_POOL_MAX would have no effect');
});

test('ab stops if the runs are not comparable, or if the user interrupts the command', async () => {
  const folder = sandbox.subfolder('ended');
  const seeds = ['ab', 'smoke', '--a', 'SEED=1', '--b', 'SEED=2', '--results', folder];
  const exit = await sandbox.runCommand(seeds);
  assert.equal(exit.code, 3, exit.stderr);
  assert.match(exit.stderr, /the data differs: seed 1 in .*; seed 2 in /);
  assert.equal((await runsIn(folder)).length, 2, 'it stops after one run per side');

  const stopped = sandbox.start([
    ...['ab', 'peak', '--a', 'DB_POOL_MAX=5', '--b', 'DB_POOL_MAX=6'],
    ...['--time-scale', '0.1', '--vus-scale', '0.1', '--results', folder],
  ]);
  await eventually('load', () => globSync('booking/peak/*/windows.ndjson', { cwd: folder }).length > 0);
  stopped.kill('SIGINT');
  const { code, stderr, stdout } = await stopped.exit;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Interrupted before the sides could be compared/);
  assert.equal(stdout, '');
});

test('compare accepts summaries of arbitrary k6 scripts and reports that the uncertainty is unknown', async (t) => {
  const url = await serve(t, (_, response) => response.end('ok'));
  const cwd = sandbox.subfolder('other-script');
  writeFileSync(
    path.join(cwd, 'script.js'),
    `import http from 'k6/http';
     export const options = { vus: 2, iterations: 300, thresholds: { 'http_req_duration{name:home}': ['p(95)<9000'] } };
     export default () => { http.get('${url}/', { tags: { name: 'home' } }); };`,
  );
  const summaryOptions: Record<string, string[]> = {
    export: [],
    machine: ['--new-machine-readable-summary'],
  };
  for (const [name, options] of Object.entries(summaryOptions)) {
    const exit = await sandbox.k6([...options, '--summary-export', `${name}.json`, 'script.js'], { cwd });
    assert.equal(exit.code, 0, exit.stderr);
  }
  const { code, stdout } = await sandbox.runCommand(
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
