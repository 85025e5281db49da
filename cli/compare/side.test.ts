import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { excerptOf, referenceOf } from '../../lib/core/comparison/index.ts';
import { resultOf } from '../../lib/core/testing/evidence.ts';
import { writeResult } from '../results/run-folder.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { writeReference } from './references.ts';
import { loadSide, lookupFolders, parseRunNames } from './side.ts';

const OLDER = '20250118T143000Z-aaaaaa';
const NEWER = '20250118T150000Z-bbbbbb';

/** Creates folders with two runs, a reference named `main` that contains three runs, and a summary of k6. */
async function filledFolders(t: TestContext) {
  const cwd = temporaryFolder(t);
  const folders = lookupFolders({ results: 'results', references: 'references' }, cwd);
  for (const id of [OLDER, NEWER])
    await writeResult(path.join(folders.results, 'shop', 'peak', id), resultOf({ run: { id } }));
  const runs = ['x', 'y', 'z'].map((id) => ({ ...excerptOf(resultOf()), id }));
  const reference = referenceOf({ test: 'shop/peak', name: 'main', setAt: '2025-01-18T14:30:00.000Z' }, runs);
  await writeReference(folders.references, reference);
  const summary = {
    metrics: { http_req_duration: { med: 1, 'p(95)': 2 }, http_reqs: { count: 9, rate: 1 } },
  };
  writeFileSync(path.join(cwd, 'theirs.json'), JSON.stringify(summary));
  return folders;
}

test('loadSide accepts every way to name a run or a reference', async (t) => {
  const folders = await filledFolders(t);
  const loaded = async (...names: string[]) => (await loadSide(names, folders)).map(({ id }) => id);
  assert.deepEqual(await loaded('latest'), [NEWER]);
  assert.deepEqual(await loaded('shop/peak'), [NEWER]);
  assert.deepEqual(await loaded('20250118T143'), [OLDER]);
  assert.deepEqual(await loaded(path.join('results', 'shop', 'peak', OLDER)), [OLDER]);
  assert.deepEqual(await loaded(path.join('results', 'shop', 'peak', OLDER, 'result.json')), [OLDER]);
  assert.deepEqual(await loaded('main'), ['x', 'y', 'z']);
  assert.deepEqual(await loaded('shop/peak/main', OLDER), ['x', 'y', 'z', OLDER]);
  assert.deepEqual(await loaded(path.join('references', 'shop', 'peak', 'main.json')), ['x', 'y', 'z']);
  assert.deepEqual(await loaded('theirs.json'), ['theirs.json']);
});

test('if no run has the given name, the error of loadSide lists similar runs and all references', async (t) => {
  const message = new RegExp(`No run is named nope[^]*${NEWER}[^]*shop/peak/main`);
  await assert.rejects(loadSide(['nope'], await filledFolders(t)), problem(message));
});

test('loadSide rejects a file that is not a result, a reference or a k6 summary', async (t) => {
  const folders = await filledFolders(t);
  for (const text of ['no json', '{}', '{"runs":[]}', '[]', 'null', '3']) {
    writeFileSync(path.join(folders.cwd, 'other.json'), text);
    await assert.rejects(loadSide(['other.json'], folders), problem(/other\.json/));
  }
});

test('loadSide rejects an INVALID run, and the error lists the reasons of the verdict', async (t) => {
  const folders = await filledFolders(t);
  const id = '20250118T160000Z-cccccc';
  const verdict = { decision: 'INVALID' as const, reasons: ['the load was not delivered'] };
  const folder = path.join(folders.results, 'shop', 'peak', id);
  mkdirSync(folder, { recursive: true });
  await writeResult(folder, resultOf({ run: { id }, verdict }));
  const message = new RegExp(`shop/peak/${id} is INVALID and cannot be compared:[^]*the load was not delivered`);
  await assert.rejects(loadSide(['latest'], folders), problem(message, { code: 'NOT_COMPARABLE' }));
});

test('parseRunNames splits names at commas and rejects an empty list', () => {
  assert.deepEqual(parseRunNames('main'), ['main']);
  assert.deepEqual(parseRunNames('a,b,,c,'), ['a', 'b', 'c']);
  for (const text of ['', ',']) assert.throws(() => parseRunNames(text), { name: 'Problem', message: /is not a run/ });
});
