import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { HistoryRecord } from '../../lib/core/across-runs/index.ts';
import { DAY_MS, flowRecord, nightlyRecord, nightStartMs } from '../../lib/core/testing/history.ts';
import { GIT_ENV, repository } from '../testing/history.ts';
import { problem } from '../testing/problem.ts';
import { DEFAULT_BRANCH, HistoryStore } from './history-store.ts';
import { type HistoryQuery, productHistories } from './product-histories.ts';

async function storeWith(t: TestContext, records: HistoryRecord[]): Promise<HistoryStore> {
  const store = await HistoryStore.open(repository(t), DEFAULT_BRANCH, GIT_ENV);
  await store.append(records);
  return store;
}

const UNTIL = nightStartMs(9) + DAY_MS / 2;
const runs = [
  nightlyRecord(1),
  nightlyRecord(2, { flows: [flowRecord(1000, { pay: 80 })] }),
  nightlyRecord(3, { run: { test: 'smoke' } }),
  nightlyRecord(4, { run: { product: 'bank' } }),
];

async function historiesFor(t: TestContext, query: Partial<HistoryQuery> = {}): Promise<string[]> {
  const notes: string[] = [];
  const products = await productHistories(await storeWith(t, runs), { untilMs: UNTIL, ...query }, (text) =>
    notes.push(text),
  );
  assert.deepEqual(notes, []);
  return products.flatMap(({ product, histories, alarms }) =>
    histories.map(({ test, runs }) => `${product}/${test} ${runs.length}${alarms.length > 0 ? ' alert' : ''}`),
  );
}

describe('productHistories', () => {
  const cases: [title: string, query: Partial<HistoryQuery>, expected: string[]][] = [
    ['all products without a filter', {}, ['bank/peak 1', 'shop/peak 2 alert', 'shop/smoke 1 alert']],
    ['one product', { product: 'bank' }, ['bank/peak 1']],
    ['one test', { test: 'smoke' }, ['shop/smoke 1']],
    ['runs since a day', { sinceMs: nightStartMs(2) }, ['bank/peak 1', 'shop/peak 1 alert', 'shop/smoke 1 alert']],
    ['runs until a day', { untilMs: nightStartMs(1) }, ['shop/peak 1']],
    ['alarms for another target', { target: 0.5, product: 'shop' }, ['shop/peak 2', 'shop/smoke 1']],
  ];
  for (const [title, query, expected] of cases)
    test(`productHistories returns ${title}`, async (t) => assert.deepEqual(await historiesFor(t, query), expected));
});

describe('productHistories without matching runs', () => {
  test('if no run matches, the error of productHistories lists the existing tests', async (t) => {
    await assert.rejects(
      historiesFor(t, { test: 'spike' }),
      problem(/No run on branch load-history of .* matches\. There are runs of bank\/peak, shop\/peak, shop\/smoke\.$/),
    );
  });

  test('if there is no history, the error of productHistories shows the command to add a run', async (t) => {
    const store = await HistoryStore.open(repository(t), DEFAULT_BRANCH, GIT_ENV);
    await assert.rejects(
      productHistories(store, { untilMs: UNTIL }, () => {}),
      problem(/There is no history on .* yet\. Add a run with: npm run history -- append <run>$/),
    );
  });
});
