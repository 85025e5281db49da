import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { alarmsOf, historiesOf } from '../../../lib/core/across-runs/index.ts';
import { seededRandom } from '../../../lib/core/numbers/index.ts';
import { flowRecord, nightlyRecord, nightStartMs } from '../../../lib/core/testing/history.ts';
import { chartsOf as chartsOfAll, flattened, itemsOf, tableOf, textsOf, wordsOf } from '../../testing/document.ts';
import { toHtml } from '../html/index.ts';
import { toMarkdown } from '../markdown.ts';
import type { ReportDocument, Table } from '../report-document.ts';
import { alertDocument, historyDocument, historyIndexDocument, type ProductHistory } from './history-documents.ts';
import { historyReport } from './terminal.ts';

const NIGHTS = 40;
const DROP_NIGHT = 25;
const MISSING_NIGHT = 30;
const CRASHED_NIGHT = 33;

/**
 * Nightly runs with 2,800 orders each. From night 25 on, more payments fail. Night 30 has no run, and the run of night
 * 33 crashed.
 */
function shop(): ProductHistory {
  const random = seededRandom(3);
  const about = (value: number) => Math.round(value + 8 * (2 * random() - 1));
  const untilMs = nightStartMs(NIGHTS) + 1;
  const records = Array.from({ length: NIGHTS }, (_, i) => i + 1)
    .filter((night) => night !== MISSING_NIGHT)
    .map((night) =>
      nightlyRecord(night, {
        run: {
          commits: { suite: `${night}`.padEnd(40, 'c'), tests: null, service: null },
          outcome: night === CRASHED_NIGHT ? 'crashed' : 'completed',
          labels: { release: night < DROP_NIGHT ? '1.0' : '1.1' },
        },
        verdict: night === CRASHED_NIGHT ? 'INVALID' : night < DROP_NIGHT ? 'GO' : 'NO_GO',
        flows: [flowRecord(2800, { fill: 0, pay: about(night < DROP_NIGHT ? 40 : 130), ship: about(40) })],
      }),
    );
  const histories = historiesOf(records, { untilMs });
  return { product: 'shop', histories, alarms: alarmsOf(histories, { untilMs }) };
}

const shopHistory = shop();
const document = historyDocument(shopHistory);

const titled = (title: string) => flattened(document.sections).find((section) => section.title === title) ?? null;
const tableIn = (title: string, caption: RegExp) => tableOf(titled(title), caption);
const chartsOf = (title: string) =>
  (titled(title)?.blocks ?? []).flatMap((block) => (block.kind === 'chart' && block.type === 'time' ? [block] : []));
const dateOf = (night: number) => new Date(nightStartMs(night)).toISOString().slice(0, 10);

describe('the history of a product', () => {
  test('the history of a product starts with the alarm: the drop, its step, failure reason and commits', () => {
    assert.deepEqual(document.verdict, { words: 'ALERT', tone: 'bad' });
    const summary = titled('Summary');
    assert.match(
      textsOf(summary)[0] ?? '',
      /^peak on local: success of order is below the target of 95\.0 %: 9\d\.\d % \(/,
    );
    const details = itemsOf(summary).join('\n');
    assert.match(
      details,
      new RegExp(
        `fell from 97\\.\\d % to 9[34]\\.\\d % between ${dateOf(DROP_NIGHT - 1)} .*and ${dateOf(DROP_NIGHT)} `,
      ),
    );
    assert.match(details, /commits 24c{8}\.\.25c{8}\./);
    assert.match(details, /The step pay explains this change: its success fell from 98\.\d % to 95\.\d %/);
    assert.match(details, /Failures “pay: refused” rose from 1\.\d+ % to 4\.\d+ % of all iterations\./);
    assert.match(details, /label release from 1\.0 to 1\.1\./);
  });

  test('the history of a product charts runs with intervals, levels, the target, changes and missing runs', () => {
    const [success] = chartsOf('Success of order');
    assert.ok(success);
    assert.equal(success.atMs.length, NIGHTS, 'one position per night');
    const [run, level, target] = success.series;
    const index = (night: number) => success.atMs.indexOf(nightStartMs(night));
    for (const night of [MISSING_NIGHT, CRASHED_NIGHT]) assert.equal(run?.values[index(night)], null);
    const { low, high } = run?.bounds ?? {};
    run?.values.forEach((value, i) => {
      if (value !== null) assert.ok((low?.[i] ?? 1) < value && value < (high?.[i] ?? 0));
    });
    assert.equal(new Set(level?.values).size, 2);
    assert.notEqual(level?.values[index(DROP_NIGHT - 1)], level?.values[index(DROP_NIGHT)]);
    assert.deepEqual(new Set(target?.values), new Set([0.95]));
    assert.deepEqual(
      success.marks?.map(({ atMs, kind }) => [atMs, kind]),
      [
        [nightStartMs(MISSING_NIGHT), 'no run'],
        [nightStartMs(CRASHED_NIGHT), 'no run'],
        [nightStartMs(DROP_NIGHT), 'change to worse'],
      ],
    );
    assert.deepEqual(
      success.phases.map(({ startMs }) => startMs),
      [nightStartMs(1), nightStartMs(DROP_NIGHT)],
    );
  });

  test('the history of a product charts failures by step and reason, which add up to the failures of the flow', () => {
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

  test('the history of a product shows steps before and since a change, and highlights the step behind it', () => {
    const { columns, rows } = tableIn('Success of order', /^Steps/);
    const titles = columns.map(({ title }) => title);
    assert.deepEqual(titles.slice(3, 5), [`Before ${dateOf(DROP_NIGHT)}`, 'Since']);
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

  test('the history of a product lists runs and missing runs, the latest first', () => {
    const { rows } = tableIn('Runs', /^Runs \(latest first\)/);
    assert.equal(rows.length, NIGHTS);
    const verdictAt = (night: number) => wordsOf(rows[NIGHTS - night]?.[1] ?? '');
    assert.deepEqual([DROP_NIGHT - 1, DROP_NIGHT, MISSING_NIGHT, CRASHED_NIGHT].map(verdictAt), [
      'GO',
      'NO-GO',
      'no run',
      'INVALID',
    ]);
    assert.equal(
      textsOf(titled('peak on local'))[0],
      `39 runs, every day. Missing: ${dateOf(MISSING_NIGHT)} (no run), ${dateOf(CRASHED_NIGHT)} (no run that supports a verdict, crashed).`,
    );
  });

  test('the history of a product states that there is no alarm, change, error or missing run', () => {
    const until = { untilMs: nightStartMs(10) };
    const histories = historiesOf(
      Array.from({ length: 10 }, (_, i) => nightlyRecord(i + 1)),
      until,
    );
    const quiet = historyDocument({ product: 'shop', histories, alarms: [] });
    assert.deepEqual(quiet.verdict, { words: 'NO ALERT', tone: 'good' });
    const text = toMarkdown(quiet);
    assert.match(text, /Nothing needs attention\./);
    assert.match(text, /No test has a lasting change\./);
    assert.match(text, /10 runs, every day\. No run is missing\./);
    assert.match(text, /There were no errors in 10 runs\./);
  });

  test('the history of a product can be shown with only one run', () => {
    const histories = historiesOf([nightlyRecord(1, { flows: [flowRecord(10, { pay: 0 })] })], {
      untilMs: nightStartMs(2),
    });
    const text = toMarkdown(historyDocument({ product: 'shop', histories, alarms: [] }));
    assert.match(text, /1 run without a schedule, so missing runs cannot be detected\./);
    assert.match(text, /No iteration of order failed\./);
    assert.doesNotMatch(text, /NaN|undefined/);
  });
});

test('IDs of sections and charts in a history document are unique', () => {
  for (const parts of [flattened(document.sections), chartsOfAll(document)])
    assert.equal(new Set(parts.map(({ id }) => id)).size, parts.length);
});

test('Markdown, HTML and the terminal show the same values of a history', async () => {
  const html = await toHtml(document);
  const texts = [toMarkdown(document), html, historyReport(shopHistory).replace(/\s+/g, ' ')];
  const [, rate] = /in the latest run; (9\d\.\d %)/.exec(texts[0] as string) ?? [];
  assert.ok(rate);
  for (const text of texts) {
    assert.ok(text.includes(rate));
    assert.match(text, /The step pay explains this change/);
    assert.match(text, new RegExp(`${dateOf(MISSING_NIGHT)} \\(no run\\)`));
  }
});

test('the terminal report of a history shows the latest runs and the number of older runs', () => {
  const text = historyReport(shopHistory);
  assert.match(text, /^ALERT {2}history of shop: 39 runs of peak on local · 2026-11-01 to /m);
  assert.match(text, /^ {2}started \(UTC\) +verdict +commit +success of order/m);
  assert.match(text, /^ {2}26 older runs not shown$/m);
});

test('the history index links each product to its history page and each run to its report', () => {
  const bankHistory = {
    product: 'bank',
    histories: historiesOf([nightlyRecord(50, { run: { product: 'bank' } })], { untilMs: nightStartMs(60) }),
    alarms: [],
  };
  const index: ReportDocument = historyIndexDocument(
    [shopHistory, bankHistory],
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

test('the text of an alert issue shows the alarms and the latest runs of the affected tests', () => {
  const text = toMarkdown(alertDocument(shopHistory, nightStartMs(NIGHTS)));
  assert.match(text, /^# 1 alarm in the load test history\n/);
  assert.match(text, /The step pay explains this change/);
  assert.equal(text.match(/NO-GO/g)?.length, 9, 'ten runs, of which one is INVALID');
});
