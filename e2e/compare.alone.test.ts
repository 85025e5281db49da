import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runsIn } from '../cli/results/find.ts';
import { readResult, runFilePath } from '../cli/results/run-folder.ts';
import type { Result } from '../lib/core/evidence/index.ts';
import { assertNoStack, assertRefused, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const results = sandbox.subfolder('results');
const references = sandbox.subfolder('references');
const FOLDERS = ['--results', results, '--references', references];

/** Settings for 50 users during 7 s. A pool of two connections is far too small for this load. */
const LIGHT = ['--time-scale', '0.015', '--vus-scale', '0.1'];
const SMALL_POOL = '2';

/** Returns the ids of the runs with this pool size. */
async function runsWith(poolMax: string): Promise<string[]> {
  const all = await Promise.all((await runsIn(results)).map(({ folder }) => readResult(runFilePath(folder, 'result'))));
  return all.filter(({ run }) => run.labels.DB_POOL_MAX === poolMax).map(({ run }) => run.id);
}

test('ab reports WORSE for a connection pool that is too small', async () => {
  const exit = await sandbox.runCommand([
    'ab',
    'peak',
    ...['--a', 'DB_POOL_MAX=50', '--b', `DB_POOL_MAX=${SMALL_POOL}`, '--rounds', '2'],
    ...[...LIGHT, '--label', 'why=test', '--results', results],
  ]);
  assert.equal(exit.code, 99, exit.stderr + exit.stdout);
  assertNoStack(exit);
  assert.match(exit.stdout, /^\nWORSE {2}booking\/peak: 2 runs against 2 runs$/m);
  assert.match(exit.stdout, /^ {2}p50 of all requests: .* → .*, \+\d+ % \(\+\d+ to \+\d+ %\)$/m);
  assert.match(exit.stdout, /^ {2}label DB_POOL_MAX {2}50 → 2$/m);
  assert.match(exit.stdout, /Intervals cover the variation between runs \(2 reference, 2 candidate\)/);

  const runs = await Promise.all(
    (await runsIn(results)).map(({ folder }) => readResult(runFilePath(folder, 'result'))),
  );
  assert.deepEqual(
    runs.map(({ run }: Result) => run.labels),
    ['50', SMALL_POOL, SMALL_POOL, '50'].map((size) => ({ why: 'test', DB_POOL_MAX: size })),
  );
});

test('compare does not report WORSE for equal runs, and reports a worse run in every format', async () => {
  const [ample = '', again = ''] = await runsWith('50');
  const [small = ''] = await runsWith(SMALL_POOL);
  const equal = await sandbox.runCommand(['compare', ample, again, ...FOLDERS]);
  assert.ok(equal.code === 0 || equal.code === 3, equal.stdout);
  assert.match(equal.stdout, /^\n(SAME|CAN'T TELL|BETTER) {2}booking\/peak: 1 run against 1 run$/m);
  assert.match(equal.stdout, /There is one run per side/);

  const files = ['html', 'md', 'json'].map((ending) => path.join(sandbox.folder, `comparison.${ending}`));
  const worse = await sandbox.runCommand([
    ...['compare', ample, small, ...FOLDERS],
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
  for (const report of [worse.stdout, markdown, html]) assert.ok(report.includes(small), 'the report names the run');
});

test('reference saves a run under a name that compare accepts', async () => {
  const ample = await runsWith('50');
  const [small = ''] = await runsWith(SMALL_POOL);
  const set = await sandbox.runCommand(['reference', 'set', ample.join(), 'release-1', ...FOLDERS]);
  assert.equal(set.code, 0, set.stderr);
  assert.match(set.stdout, /booking\/peak\/release-1\.json \(.*\)\. Commit this file\./);
  const file = path.join(references, 'booking', 'peak', 'release-1.json');
  assert.ok(readFileSync(file).length < 100_000);

  const inReferences = ['--references', references];
  const list = await sandbox.runCommand(['reference', 'list', ...inReferences]);
  assert.match(list.stdout, /^booking\/peak\/release-1 +2 /m);
  const show = await sandbox.runCommand(['reference', 'show', 'release-1', ...inReferences]);
  for (const text of [...ample, 'all requests', 'GET /admin/bookings/:id', 'memory'])
    assert.ok(show.stdout.includes(text), text);

  const compared = await sandbox.runCommand(['compare', 'release-1', small, ...FOLDERS]);
  assert.equal(compared.code, 99, compared.stdout);
  assert.match(compared.stdout, /1 run against 2 runs/);
  assert.match(compared.stdout, /Intervals cover the variation between runs/);
});

test('compare refuses two runs with different settings and names the difference', async () => {
  const refused = async (args: string[], ...messages: string[]) =>
    assertRefused(await sandbox.runCommand(args), 2, ...messages);
  assert.equal((await sandbox.runCommand(['run', 'smoke', '--results', results])).code, 0);
  const [ample = ''] = await runsWith('50');
  assertRefused(
    await sandbox.runCommand(['compare', ample, 'latest', ...FOLDERS]),
    3,
    'These runs cannot be compared:',
    `the test differs: booking/peak in ${ample}; booking/smoke in`,
  );
  await refused(['compare', 'unknown', 'latest', ...FOLDERS], 'No run is named unknown', 'release-1');
  await refused(['compare', 'latest'], "missing required argument 'run'");
  await refused(['compare', ample, 'latest', '-o', 'a.pdf', ...FOLDERS], '.html, .md, .json');
  await refused(['reference', 'set', 'latest', '../up', ...FOLDERS], 'letters, digits');
  assert.ok(!existsSync(path.join(references, 'booking', 'smoke')));
});
