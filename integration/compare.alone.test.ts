import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { findK6 } from '../cli/k6/index.ts';
import { resultsIn } from '../cli/results/find.ts';
import { fileOf, readResult } from '../cli/results/store.ts';
import type { Result } from '../lib/core/result.ts';
import { assertNoStack, assertRefused, type Ended, eventually, Sandbox } from './suite.ts';

const sandbox = new Sandbox();
const results = sandbox.subfolder('results');
const references = sandbox.subfolder('references');
const PLACES = ['--results', results, '--references', references];

/** 50 users for 7 s; a pool of two connections is far too small for them. */
const LIGHT = ['--time-scale', '0.015', '--vus-scale', '0.1'];
const SMALL = '2';

/** Ids of the runs of one side, as `ab` left them. */
async function runsWith(poolMax: string): Promise<string[]> {
  const all = await Promise.all(
    (await resultsIn(results)).map(({ folder }) => readResult(fileOf(folder, 'result'))),
  );
  return all.filter(({ run }) => run.labels.DB_POOL_MAX === poolMax).map(({ run }) => run.id);
}

test('ab of a pool that is large enough and one that is too small: worse', async () => {
  const ended = await sandbox.command([
    'ab',
    'peak',
    ...['--a', 'DB_POOL_MAX=50', '--b', `DB_POOL_MAX=${SMALL}`, '--rounds', '2'],
    ...[...LIGHT, '--label', 'why=test', '--results', results],
  ]);
  assert.equal(ended.code, 99, ended.stderr + ended.stdout);
  assertNoStack(ended);
  assert.match(ended.stdout, /^\nWORSE {2}booking\/peak: 2 runs against 2 runs$/m);
  assert.match(ended.stdout, /^ {2}p50 of all requests: .* → .*, \+\d+ % \(\+\d+ to \+\d+ %\)$/m);
  assert.match(ended.stdout, /^ {2}label DB_POOL_MAX {2}50 → 2$/m);
  assert.match(ended.stdout, /The run is the unit, 2 against 2/);

  const order = await Promise.all(
    (await resultsIn(results)).map(({ folder }) => readResult(fileOf(folder, 'result'))),
  );
  assert.deepEqual(
    order.map(({ run }: Result) => run.labels),
    ['50', SMALL, SMALL, '50'].map((size) => ({ why: 'test', DB_POOL_MAX: size })),
  );
});

test('two runs of the same are not worse; the one that is worse is told in every form', async () => {
  const [ample = '', again = ''] = await runsWith('50');
  const [small = ''] = await runsWith(SMALL);
  const alike = await sandbox.command(['compare', ample, again, ...PLACES]);
  assert.ok(alike.code === 0 || alike.code === 3, alike.stdout);
  assert.match(alike.stdout, /^\n(SAME|CAN'T TELL|BETTER) {2}booking\/peak: 1 run against 1 run$/m);
  assert.match(alike.stdout, /One run a side/);

  const files = ['html', 'md', 'json'].map((ending) => path.join(sandbox.folder, `comparison.${ending}`));
  const worse = await sandbox.command([
    ...['compare', ample, small, ...PLACES],
    ...files.flatMap((file) => ['--output', file]),
  ]);
  assert.equal(worse.code, 99, worse.stdout);
  const [html = '', markdown = '', json = ''] = files.map((file) => readFileSync(file, 'utf8'));
  assert.match(html, /<title>WORSE · Comparison of load tests<\/title>/);
  assert.match(markdown, /^\*\*WORSE\*\*$/m);
  const comparison = JSON.parse(json);
  assert.equal(comparison.outcome, 'worse');
  assert.deepEqual([comparison.reference, comparison.candidate], [[ample], [small]]);
  const p50 = comparison.rows.find(
    (row: { scope: string; figure: string }) => row.scope === 'total' && row.figure === 'p50',
  );
  assert.equal(p50.outcome, 'worse');
  for (const report of [worse.stdout, markdown, html]) assert.ok(report.includes(small), 'the run is named');
});

test('a reference is kept under a name, shown, and compared with', async () => {
  const ample = await runsWith('50');
  const [small = ''] = await runsWith(SMALL);
  const set = await sandbox.command(['reference', 'set', ample.join(), 'release-1', ...PLACES]);
  assert.equal(set.code, 0, set.stderr);
  assert.match(set.stdout, /booking\/peak\/release-1\.json \(.*\): commit it/);
  const file = path.join(references, 'booking', 'peak', 'release-1.json');
  assert.ok(readFileSync(file).length < 100_000);

  const inReferences = ['--references', references];
  const list = await sandbox.command(['reference', 'list', ...inReferences]);
  assert.match(list.stdout, /^booking\/peak\/release-1 +2 /m);
  const show = await sandbox.command(['reference', 'show', 'release-1', ...inReferences]);
  for (const text of [...ample, 'all requests', 'GET /admin/bookings/:id', 'memory'])
    assert.ok(show.stdout.includes(text), text);

  const compared = await sandbox.command(['compare', 'release-1', small, ...PLACES]);
  assert.equal(compared.code, 99, compared.stdout);
  assert.match(compared.stdout, /1 run against 2 runs/);
  assert.match(compared.stdout, /The run is the unit/);
});

test('what cannot be compared is refused, with what differs', async () => {
  assert.equal((await sandbox.command(['run', 'smoke', '--results', results])).code, 0);
  const [ample = ''] = await runsWith('50');
  assertRefused(
    await sandbox.command(['compare', ample, 'latest', ...PLACES]),
    3,
    'These runs cannot be compared:',
    `the test differs: booking/peak in ${ample}; booking/smoke in`,
  );
  assertRefused(
    await sandbox.command(['compare', 'nobody', 'latest', ...PLACES]),
    2,
    'No run is named nobody',
    'release-1',
  );
  assertRefused(await sandbox.command(['compare', 'latest']), 2, "missing required argument 'run'");
  assertRefused(
    await sandbox.command(['compare', ample, 'latest', '-o', 'a.pdf', ...PLACES]),
    2,
    '.html, .md, .json',
  );
  assertRefused(
    await sandbox.command(['reference', 'set', 'latest', '../up', ...PLACES]),
    2,
    'letters, digits',
  );
  assert.ok(!existsSync(path.join(references, 'booking', 'smoke')));
});

test('settings that are none, are secret, or change nothing are refused before any load', async () => {
  const ab = (a: string, env: Record<string, string> = {}) =>
    sandbox.command(['ab', 'peak', '--a', a, '--b', 'DB_POOL_MAX=3', '--results', results], { env });
  assertRefused(await ab('DB_POOL_MAX'), 2, '"DB_POOL_MAX" is no setting');
  assertRefused(await ab('ADMIN_TOKEN=x'), 2, 'ADMIN_TOKEN is a secret');
  assertRefused(
    await ab('DB_POOL_MAX=5', { API_URL: 'http://127.0.0.1:9' }),
    2,
    'DB_POOL_MAX would change nothing',
  );
});

test('ab ends where the sides turn out not to be comparable, or somebody stops it', async () => {
  const place = sandbox.subfolder('ended');
  const seeds = ['ab', 'smoke', '--a', 'SEED=1', '--b', 'SEED=2', '--results', place];
  const ended = await sandbox.command(seeds);
  assert.equal(ended.code, 3, ended.stderr);
  assert.match(ended.stderr, /the data differs: seed 1 in .*; seed 2 in /);
  assert.equal((await resultsIn(place)).length, 2, 'not one run more than it took to know');

  const stopped = sandbox.start([
    ...['ab', 'peak', '--a', 'DB_POOL_MAX=5', '--b', 'DB_POOL_MAX=6'],
    ...['--time-scale', '0.1', '--vus-scale', '0.1', '--results', place],
  ]);
  await eventually('load', () => globSync('booking/peak/*/windows.ndjson', { cwd: place }).length > 0);
  stopped.kill('SIGINT');
  const { code, stderr, stdout } = await stopped.ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Interrupted: the sides were not compared/);
  assert.equal(stdout, '');
});

test("somebody else's k6 is compared as far as its summary tells", async (t) => {
  const server = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { found } = await findK6({ env: process.env });
  assert.ok(found, 'a k6 on this machine');
  const cwd = sandbox.subfolder('theirs');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  writeFileSync(
    path.join(cwd, 'script.js'),
    `import http from 'k6/http';
     export const options = { vus: 2, iterations: 300, thresholds: { 'http_req_duration{name:home}': ['p(95)<9000'] } };
     export default () => { http.get('${url}', { tags: { name: 'home' } }); };`,
  );
  const ways: Record<string, string[]> = { export: [], machine: ['--new-machine-readable-summary'] };
  for (const [name, options] of Object.entries(ways)) {
    const args = [
      'run',
      '--quiet',
      '--no-usage-report',
      ...options,
      '--summary-export',
      `${name}.json`,
      'script.js',
    ];
    const ended: Ended = await sandbox.spawn(found.path, args, { cwd }).ended;
    assert.equal(ended.code, 0, ended.stderr);
  }
  const { code, stdout } = await sandbox.command(
    ['compare', path.join(cwd, 'export.json'), path.join(cwd, 'machine.json'), '--all'],
    { cwd },
  );
  assert.equal(code, 3, stdout);
  assert.match(stdout, /^\nCAN'T TELL {2}1 run against 1 run$/m);
  assert.match(stdout, /^ {2}\? can't tell {2}p95 .* nothing tells how uncertain it is$/m);
  assert.match(stdout, /^ {2}\? can't tell {2}error rate +0 % +0 % +0 points +-1\.\d+ to \+1\.\d+ points$/m);
  assert.match(stdout, /^Home\n {2}\? can't tell {2}p50 .* nothing tells how uncertain it is$/m);
  assert.match(stdout, /export\.json: a summary of k6: whether it is of the same test/);
});
