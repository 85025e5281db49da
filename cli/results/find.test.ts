import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { temporaryFolder } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { findRun, runsIn } from './find.ts';

const OLD = 'shop/peak/20250118T143000Z-3f9a2c';
const MIDDLE = 'shop/smoke/20250119T080000Z-aaaaaa';
const NEW = 'shop/peak/20250119T090000Z-bbbbbb';
const OTHER = 'bank/peak/20250118T150000Z-cccccc';

/** A folder of results with these runs, and things that are none. */
function resultsWith(t: TestContext, ...runs: string[]): string {
  const base = temporaryFolder(t);
  const put = (file: string) => {
    mkdirSync(path.dirname(path.join(base, file)), { recursive: true });
    writeFileSync(path.join(base, file), '{}');
  };
  for (const run of runs) put(`${run}/run.json`);
  put('shop/campaigns/20260101T000000Z-dddddd/campaign.json');
  put('references/.gitkeep');
  put('run.json');
  return base;
}

test('all runs are found, the newest last', async (t) => {
  const base = resultsWith(t, NEW, OLD, OTHER, MIDDLE);
  const runs = await runsIn(base);
  assert.deepEqual(
    runs.map(({ folder }) => path.relative(base, folder)),
    [OLD, OTHER, MIDDLE, NEW],
  );
  assert.deepEqual(runs[0], {
    product: 'shop',
    test: 'peak',
    id: '20250118T143000Z-3f9a2c',
    folder: path.join(base, OLD),
  });
});

test('where there is no folder of results there are no runs', async (t) => {
  assert.deepEqual(await runsIn(path.join(temporaryFolder(t), 'nowhere')), []);
});

describe('a run is found', () => {
  const cases: [by: string, name: string, found: string][] = [
    ['latest', 'latest', NEW],
    ['its test', 'shop/peak', NEW],
    ['its test, where another is later', 'bank/peak', OTHER],
    ['its id', '20250118T143000Z-3f9a2c', OLD],
    ['the beginning of its id', '20250118T15', OTHER],
    ['its folder below the results', OLD, OLD],
    ['its first file', `${OLD}/run.json`, `${OLD}/run.json`],
  ];
  for (const [by, name, found] of cases) {
    test(`by ${by}`, async (t) => {
      const base = resultsWith(t, NEW, OLD, OTHER, MIDDLE);
      assert.equal(await findRun(name, base, temporaryFolder(t)), path.join(base, found));
    });
  }

  test('by a path, also of results that are elsewhere', async (t) => {
    const elsewhere = resultsWith(t, OLD);
    const base = resultsWith(t, NEW);
    const folder = path.join(elsewhere, OLD);
    assert.equal(await findRun(OLD, base, elsewhere), folder);
    assert.equal(await findRun(folder, base, base), folder);
    assert.equal(await findRun('.', base, folder), folder);
    assert.equal(await findRun('shop/peak', base, elsewhere), path.join(base, NEW));
  });
});

describe('a run that is not found is refused', () => {
  const all = [NEW, OLD, OTHER, MIDDLE];
  const cases: [name: string, runs: string[], message: RegExp][] = [
    [
      '2025',
      all,
      /^Several runs begin with 2025: write more of it\.\n.*\nNear it:\n {2}shop\/peak\/20250119T09/,
    ],
    ['3f9a', all, /^No run is named 3f9a\.\n.*\nNear it:\n {2}shop\/peak\/20250118T143000Z-3f9a2c$/],
    ['shop/spike', all, /^No run is named shop\/spike\.\n.*\nThe latest in .*:\n {2}shop\/peak\/20250119T09/],
    ['latest', [], /^No run is named latest\.\n.*\nThe latest in .*: none\.$/],
  ];
  for (const [name, runs, message] of cases)
    test(`${name} among ${runs.length}`, async (t) => {
      const base = resultsWith(t, ...runs);
      await assert.rejects(findRun(name, base, temporaryFolder(t)), problem(message));
    });
});
