import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { excerptOf, referenceOf, referenceText } from '../../lib/core/comparison/index.ts';
import { withAssessments } from '../../lib/core/judging/index.ts';
import { endpointFigures, evenWindows, evidenceOf, flowFigures, repeat } from '../../lib/core/testing/evidence.ts';
import { ladderRun } from '../../lib/core/testing/ladder.ts';
import { Problem } from '../support/problem.ts';
import { temporaryFolder } from '../testing/environment.ts';
import { findReference, parseReference, readReference, referencesIn, writeReference } from './references.ts';

const run = excerptOf(
  evidenceOf({
    endpoints: [endpointFigures('GET /items/:id', { values: repeat(100, 100) })],
    flows: [flowFigures('order', { values: repeat(60, 1000), succeeded: 57 })],
    windows: evenWindows(2, 5000, {
      requests: [500, 500],
      errors: [0, 6],
      p50Ms: [100, null],
      p95Ms: [100, null],
      p99Ms: [100, null],
      flows: { order: { iterations: [30, 30], succeeded: [30, 27], meanMs: [1000, 1000] } },
    }),
  }),
);
const reference = (test: string, name: string) => referenceOf({ test, name, setAt: '2025-01-18T14:30:00.000Z' }, [run]);

test('writing and reading a reference does not change the reference', async (t) => {
  const folder = temporaryFolder(t);
  const { file, bytes } = await writeReference(folder, reference('shop/peak', 'main'));
  assert.equal(file, path.join(folder, 'shop', 'peak', 'main.json'));
  assert.equal(bytes, readFileSync(file).length);
  const kept = (await findReference(folder, 'main')) ?? assert.fail();
  assert.deepEqual(await readReference(kept), JSON.parse(referenceText(reference('shop/peak', 'main'))));
});

test('the reference of a ladder run contains every rung of the ladder', async (t) => {
  const climb = ladderRun({ cores: 1 });
  const { file } = await writeReference(
    temporaryFolder(t),
    referenceOf({ test: 'shop/ladder', name: 'main', setAt: '2025-01-18T14:30:00.000Z' }, [
      excerptOf(withAssessments(climb)),
    ]),
  );
  const [kept] = parseReference(readFileSync(file, 'utf8'), file).runs;
  assert.deepEqual(
    kept?.ladder?.rungs.map(({ users, issue }) => [users, issue]),
    [50, 100, 200].map((users) => [users, 'one of 2 cores busy']),
  );
});

test('writing a reference replaces an existing reference of the same name', async (t) => {
  const folder = temporaryFolder(t);
  await writeReference(folder, reference('shop/peak', 'main'));
  await writeReference(folder, reference('shop/peak', 'main'));
  assert.equal((await referencesIn(folder)).length, 1);
});

test('findReference prefers the reference of the given test, and throws if several references match', async (t) => {
  const folder = temporaryFolder(t);
  await writeReference(folder, reference('shop/peak', 'main'));
  await writeReference(folder, reference('shop/spike', 'main'));
  await writeReference(folder, reference('shop/spike', 'release-2.4'));
  const found = async (name: string, test?: string) => (await findReference(folder, name, test))?.test ?? null;
  assert.equal(await found('shop/spike/main'), 'shop/spike');
  assert.equal(await found('main', 'shop/peak'), 'shop/peak');
  assert.equal(await found('release-2.4', 'shop/peak'), 'shop/spike');
  assert.equal(await found('other'), null);
  await assert.rejects(found('main'), /Use shop\/peak\/main or shop\/spike\/main/);
});

test('referencesIn returns no references if the folder does not exist', async (t) => {
  assert.deepEqual(await referencesIn(path.join(temporaryFolder(t), 'nowhere')), []);
});

test('parseReference rejects an invalid reference, and the error contains the reason', async (t) => {
  const folder = temporaryFolder(t);
  const { file } = await writeReference(folder, reference('shop/peak', 'main'));
  const text = readFileSync(file, 'utf8');
  assert.throws(
    () => parseReference(text.replace('"schemaVersion": 1', '"schemaVersion": 2'), file),
    /has schema version 2/,
  );
  assert.throws(() => parseReference(text.slice(0, -20), file), {
    name: 'Problem',
    message: /main\.json is not a reference/,
  });
  assert.throws(
    () => parseReference(text.replace('"p95"', '"p96"'), file),
    /is not a valid reference: \/runs\/0\/parts/,
  );
});

test('writeReference rejects a reference that is too large', async (t) => {
  const many = {
    ...run,
    parts: Array.from({ length: 1000 }, (_, i) => ({
      ...run.parts[0],
      scope: 'endpoint',
      name: `GET /${i}`,
    })),
  } as typeof run;
  const large = referenceOf({ test: 'shop/peak', name: 'main', setAt: '2025-01-18T14:30:00.000Z' }, [many]);
  await assert.rejects(writeReference(temporaryFolder(t), large), /the limit is 100000/);
});

test('writeReference throws a Problem if the folder is not writable', async (t) => {
  const file = path.join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  await assert.rejects(writeReference(file, reference('shop/peak', 'main')), Problem);
});
