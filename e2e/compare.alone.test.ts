import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runsIn } from '../cli/results/find.ts';
import { readResult, runFilePath } from '../cli/results/run-folder.ts';
import type { Result } from '../lib/core/evidence/index.ts';
import { assertNoStack, assertRefused, Sandbox } from './suite.ts';

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
    (await runsIn(results)).map(({ folder }) => readResult(runFilePath(folder, 'result'))),
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
  assert.match(ended.stdout, /Intervals cover the variation between runs \(2 reference, 2 candidate\)/);

  const order = await Promise.all(
    (await runsIn(results)).map(({ folder }) => readResult(runFilePath(folder, 'result'))),
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
  assert.match(alike.stdout, /There is one run per side/);

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
  assert.match(compared.stdout, /Intervals cover the variation between runs/);
});

test('what cannot be compared is refused, with what differs', async () => {
  const refused = async (args: string[], ...says: string[]) =>
    assertRefused(await sandbox.command(args), 2, ...says);
  assert.equal((await sandbox.command(['run', 'smoke', '--results', results])).code, 0);
  const [ample = ''] = await runsWith('50');
  assertRefused(
    await sandbox.command(['compare', ample, 'latest', ...PLACES]),
    3,
    'These runs cannot be compared:',
    `the test differs: booking/peak in ${ample}; booking/smoke in`,
  );
  await refused(['compare', 'nobody', 'latest', ...PLACES], 'No run is named nobody', 'release-1');
  await refused(['compare', 'latest'], "missing required argument 'run'");
  await refused(['compare', ample, 'latest', '-o', 'a.pdf', ...PLACES], '.html, .md, .json');
  await refused(['reference', 'set', 'latest', '../up', ...PLACES], 'letters, digits');
  assert.ok(!existsSync(path.join(references, 'booking', 'smoke')));
});
