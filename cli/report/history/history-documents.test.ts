import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alarmsOf, historiesOf } from '../../../lib/core/across-runs/index.ts';
import { seededRandom } from '../../../lib/core/numbers/index.ts';
import { flowRecord, nightlyRecord, nightStartMs } from '../../../lib/core/testing/history.ts';
import {
  chartsOf as chartsOfAll,
  flattened,
  itemsOf,
  tableOf,
  textsOf,
  wordsOf,
} from '../../testing/document.ts';
import { toHtml } from '../html/index.ts';
import { toMarkdown } from '../markdown.ts';
import type { ReportDocument, Table } from '../report-document.ts';
import {
  alertDocument,
  historyDocument,
  historyIndexDocument,
  type ProductHistory,
} from './history-documents.ts';
import { historyReport } from './terminal.ts';

const NIGHTS = 40;
const FELL = 25;
const LEFT_OUT = 30;
const CRASHED = 33;

/** Nights of 2,800 orders: from the 25th on more fail when they are paid. The 30th has no run, the 33rd none that counts. */
function shop(): ProductHistory {
  const random = seededRandom(3);
  const about = (value: number) => Math.round(value + 8 * (2 * random() - 1));
  const untilMs = nightStartMs(NIGHTS) + 1;
  const records = Array.from({ length: NIGHTS }, (_, i) => i + 1)
    .filter((night) => night !== LEFT_OUT)
    .map((night) =>
      nightlyRecord(night, {
        run: {
          gitCommit: `${night}`.padEnd(40, 'c'),
          outcome: night === CRASHED ? 'crashed' : 'completed',
          labels: { release: night < FELL ? '1.0' : '1.1' },
        },
        verdict: night === CRASHED ? 'INVALID' : night < FELL ? 'GO' : 'NO_GO',
        flows: [flowRecord(2800, { fill: 0, pay: about(night < FELL ? 40 : 130), ship: about(40) })],
      }),
    );
  const histories = historiesOf(records, { untilMs });
  return { product: 'shop', histories, alarms: alarmsOf(histories, { untilMs }) };
}

const one = shop();
const document = historyDocument(one);

const titled = (title: string) =>
  flattened(document.sections).find((section) => section.title === title) ?? null;
const tableIn = (title: string, caption: RegExp) => tableOf(titled(title), caption);
const chartsOf = (title: string) =>
  (titled(title)?.blocks ?? []).flatMap((block) =>
    block.kind === 'chart' && block.type === 'time' ? [block] : [],
  );
const dateOf = (night: number) => new Date(nightStartMs(night)).toISOString().slice(0, 10);

describe('the history of a product', () => {
  test('says first what needs attention: the drop, its step, its reason and its commits', () => {
    assert.deepEqual(document.verdict, { words: 'ALERT', tone: 'bad' });
    const summary = titled('Summary');
    assert.match(
      textsOf(summary)[0] ?? '',
      /^peak on local: success of order is below the target of 95\.0 %: 9\d\.\d % \(/,
    );
    const told = itemsOf(summary).join('\n');
    assert.match(
      told,
      new RegExp(`fell from 97\\.\\d % to 9[34]\\.\\d % between ${dateOf(FELL - 1)} .*and ${dateOf(FELL)} `),
    );
    assert.match(told, /commits 24c{8}\.\.25c{8}\./);
    assert.match(told, /The step pay explains it: its own success fell from 98\.\d % to 95\.\d %/);
    assert.match(told, /Failures “pay: refused” rose from 1\.\d+ % to 4\.\d+ % of all who began\./);
    assert.match(told, /label release, from 1\.0 to 1\.1\./);
  });

  test('draws every run with its interval, the levels, the target, the change and what is missing', () => {
    const [success] = chartsOf('Success of order');
    assert.ok(success);
    assert.equal(success.atMs.length, NIGHTS, 'a place for each night');
    const [run, level, target] = success.series;
    const index = (night: number) => success.atMs.indexOf(nightStartMs(night));
    for (const night of [LEFT_OUT, CRASHED]) assert.equal(run?.values[index(night)], null);
    const { low, high } = run?.bounds ?? {};
    run?.values.forEach((value, i) => {
      if (value !== null) assert.ok((low?.[i] ?? 1) < value && value < (high?.[i] ?? 0));
    });
    assert.equal(new Set(level?.values).size, 2);
    assert.notEqual(level?.values[index(FELL - 1)], level?.values[index(FELL)]);
    assert.deepEqual(new Set(target?.values), new Set([0.95]));
    assert.deepEqual(
      success.marks?.map(({ atMs, kind }) => [atMs, kind]),
      [
        [nightStartMs(LEFT_OUT), 'no run'],
        [nightStartMs(CRASHED), 'no run'],
        [nightStartMs(FELL), 'change for the worse'],
      ],
    );
    assert.deepEqual(
      success.phases.map(({ startMs }) => startMs),
      [nightStartMs(1), nightStartMs(FELL)],
    );
  });

  test('draws what each step loses, without those that lose nothing, and adds up to what the flow loses', () => {
    const [success, steps, reasons] = chartsOf('Success of order');
    assert.deepEqual(
      steps?.series.map(({ name }) => name),
      ['pay', 'ship'],
    );
    assert.deepEqual(reasons?.series.map(({ name }) => name).sort(), ['pay: refused', 'ship: refused']);
    success?.series[0]?.values.forEach((rate, i) => {
      if (rate === null) return;
      for (const chart of [steps, reasons]) {
        const lost = (chart?.series ?? []).reduce((sum, { values }) => sum + (values[i] ?? 0), 0);
        assert.ok(Math.abs(rate + lost - 1) < 1e-9);
      }
    });
  });

  test('puts what was before the change beside what has been since, and marks the step', () => {
    const { columns, rows } = tableIn('Success of order', /^Steps/);
    const titles = columns.map(({ title }) => title);
    assert.deepEqual(titles.slice(3, 5), [`Before ${dateOf(FELL)}`, 'Since']);
    const marked = rows.filter((row) => row.some((cell) => typeof cell === 'object'));
    assert.deepEqual(
      marked.map(([name = '']) => wordsOf(name)),
      ['pay'],
    );
    for (const row of [...rows, ...tableIn('Success of order', /^Failures/).rows])
      assert.ok(
        row.every((cell) => !/NaN|undefined/.test(wordsOf(cell))),
        row.map(wordsOf).join(' '),
      );
  });

  test('lists the runs, the latest first, with those that are missing between them', () => {
    const { rows } = tableIn('Runs', /^Runs/);
    assert.equal(rows.length, NIGHTS);
    const verdictAt = (night: number) => wordsOf(rows[NIGHTS - night]?.[1] ?? '');
    assert.deepEqual([FELL - 1, FELL, LEFT_OUT, CRASHED].map(verdictAt), [
      'GO',
      'NO-GO',
      'no run',
      'INVALID',
    ]);
    assert.equal(
      textsOf(titled('peak on local'))[0],
      `39 runs, every day; missing: ${dateOf(LEFT_OUT)} (no run), ${dateOf(CRASHED)} (no run that supports a verdict, crashed).`,
    );
  });

  test('says so where nothing has happened', () => {
    const until = { untilMs: nightStartMs(10) };
    const histories = historiesOf(
      Array.from({ length: 10 }, (_, i) => nightlyRecord(i + 1)),
      until,
    );
    const quiet = historyDocument({ product: 'shop', histories, alarms: [] });
    assert.deepEqual(quiet.verdict, { words: 'NO ALERT', tone: 'good' });
    const text = toMarkdown(quiet);
    assert.match(text, /Nothing needs attention\./);
    assert.match(text, /No figure of any test has changed for good\./);
    assert.match(text, /10 runs, every day: none is missing\./);
    assert.match(text, /There was no error in 10 runs\./);
  });

  test('can be told of a single run', () => {
    const histories = historiesOf([nightlyRecord(1, { flows: [flowRecord(10, { pay: 0 })] })], {
      untilMs: nightStartMs(2),
    });
    const text = toMarkdown(historyDocument({ product: 'shop', histories, alarms: [] }));
    assert.match(text, /1 run, as they come: what is missing cannot be told\./);
    assert.match(text, /No order failed\./);
    assert.doesNotMatch(text, /NaN|undefined/);
  });
});

test('has ids that are unique, for sections and for charts', () => {
  for (const parts of [flattened(document.sections), chartsOfAll(document)])
    assert.equal(new Set(parts.map(({ id }) => id)).size, parts.length);
});

test('every form tells the same', async () => {
  const html = await toHtml(document);
  const forms = [toMarkdown(document), html, historyReport(one).replace(/\s+/g, ' ')];
  const [, rate] = /in the latest run; (9\d\.\d %)/.exec(forms[0] as string) ?? [];
  assert.ok(rate);
  for (const text of forms) {
    assert.ok(text.includes(rate));
    assert.match(text, /The step pay explains it/);
    assert.match(text, new RegExp(`${dateOf(LEFT_OUT)} \\(no run\\)`));
  }
});

test('the terminal shows the latest runs and how many there are before them', () => {
  const text = historyReport(one);
  assert.match(text, /^ALERT {2}history of shop: 39 runs of peak on local · 2026-11-01 to /m);
  assert.match(text, /^ {2}started \(UTC\) +verdict +commit +success of order/m);
  assert.match(text, /^ {2}and 26 before these$/m);
});

test('the index names each product with its page, and each run with its report', () => {
  const other = {
    product: 'bank',
    histories: historiesOf([nightlyRecord(50, { run: { product: 'bank' } })], { untilMs: nightStartMs(60) }),
    alarms: [],
  };
  const index: ReportDocument = historyIndexDocument(
    [one, other],
    (product) => `${product}.html`,
    ({ run }) => (run.id.endsWith('40') ? 'a.html' : null),
  );
  assert.equal(index.verdict.words, 'ALERT');
  const [products, runs] = index.sections.map((section) => tableOf(section)) as [Table, Table];
  assert.deepEqual(
    products.rows.map(([product, attention = '']) => [product, wordsOf(attention)]),
    [
      [{ text: 'shop', href: 'shop.html' }, 'ALERT'],
      [{ text: 'bank', href: 'bank.html' }, 'NO ALERT'],
    ],
  );
  assert.equal(runs.rows.length, 40);
  assert.deepEqual(
    runs.rows.flatMap(([name]) => (typeof name === 'object' && 'href' in name ? [name.href] : [])),
    ['a.html'],
  );
});

test('an alert has what needs attention, and the latest runs of the tests that it is about', () => {
  const text = toMarkdown(alertDocument(one, nightStartMs(NIGHTS)));
  assert.match(text, /^# Something needs attention\n/);
  assert.match(text, /The step pay explains it/);
  assert.equal(text.match(/NO-GO/g)?.length, 9, 'ten runs, of which one is INVALID');
});
