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

/** Creates a results folder with the given runs, and with files that do not belong to a run. */
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

test('runsIn returns all runs, the newest last', async (t) => {
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

test('runsIn returns an empty list for a missing folder', async (t) => {
  assert.deepEqual(await runsIn(path.join(temporaryFolder(t), 'nowhere')), []);
});

describe('findRun', () => {
  const cases: [by: string, name: string, found: string][] = [
    ['the name "latest"', 'latest', NEW],
    ['its product and test', 'shop/peak', NEW],
    ['its product and test, even if another test ran later', 'bank/peak', OTHER],
    ['its run ID', '20250118T143000Z-3f9a2c', OLD],
    ['the beginning of its run ID', '20250118T15', OTHER],
    ['its path relative to the results folder', OLD, OLD],
    ['the path of its run.json', `${OLD}/run.json`, `${OLD}/run.json`],
  ];
  for (const [by, name, found] of cases) {
    test(`findRun finds a run by ${by}`, async (t) => {
      const base = resultsWith(t, NEW, OLD, OTHER, MIDDLE);
      assert.equal(await findRun(name, base, temporaryFolder(t)), path.join(base, found));
    });
  }

  test('findRun finds a run by a path outside the results folder', async (t) => {
    const elsewhere = resultsWith(t, OLD);
    const base = resultsWith(t, NEW);
    const folder = path.join(elsewhere, OLD);
    assert.equal(await findRun(OLD, base, elsewhere), folder);
    assert.equal(await findRun(folder, base, base), folder);
    assert.equal(await findRun('.', base, folder), folder);
    assert.equal(await findRun('shop/peak', base, elsewhere), path.join(base, NEW));
  });
});

describe('findRun without a single match', () => {
  const all = [NEW, OLD, OTHER, MIDDLE];
  const cases: [name: string, runs: string[], message: RegExp][] = [
    [
      '2025',
      all,
      /^Several run IDs start with 2025\. Give more of the ID\.\n.*\nSimilar runs:\n {2}shop\/peak\/20250119T09/,
    ],
    ['3f9a', all, /^No run is named 3f9a\.\n.*\nSimilar runs:\n {2}shop\/peak\/20250118T143000Z-3f9a2c$/],
    ['shop/spike', all, /^No run is named shop\/spike\.\n.*\nLatest runs in .*:\n {2}shop\/peak\/20250119T09/],
    ['latest', [], /^No run is named latest\.\n.*\nLatest runs in .*: none\.$/],
  ];
  for (const [name, runs, message] of cases)
    test(`findRun rejects the name ${name} among ${runs.length} runs`, async (t) => {
      const base = resultsWith(t, ...runs);
      await assert.rejects(findRun(name, base, temporaryFolder(t)), problem(message));
    });
});
