import type { Alarm, HistoryRecord, TestHistory } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatShare, formatValue, pluralize } from '../../../lib/core/numbers/index.ts';
import type { Block, Document, Section } from '../document.ts';
import { formatDay, formatMinute } from '../format.ts';
import { NOTHING, right, section, table, tableOr, text, type Value } from '../run/blocks.ts';
import { DECISIONS } from '../words.ts';
import { figureSection, flowSection, latestText, statementBlocks } from './figure.ts';
import { linked, olderNote, placesOf, type ReportOf, runsSection, runsTable } from './runs.ts';
import { timelineOf } from './timeline.ts';
import {
  ALERT,
  alarmStatement,
  cadence,
  commitRange,
  commitText,
  explainingSteps,
  levels,
  missingSpans,
  NO_ALERT,
  percent,
  startedAt,
  testName,
  verdictCell,
} from './words.ts';

/** What there is to tell of one product. */
export interface ProductHistory {
  product: string;
  histories: TestHistory[];
  alarms: Alarm[];
}

/** The history of one product: what needs attention, and then each test over time. */
export function historyDocument(
  { product, histories, alarms }: ProductHistory,
  reportOf: ReportOf = () => null,
): Document {
  return {
    title: `History of ${product}`,
    subtitle: subtitleOf(histories),
    verdict: alarms.length > 0 ? ALERT : NO_ALERT,
    sections: [
      summarySection(histories, alarms),
      ...histories.map((history, i) => testSection(history, `test-${i + 1}`, reportOf)),
    ],
  };
}

/** How many runs of what, and from when to when. */
export function subtitleOf(histories: readonly TestHistory[]): string {
  const runs = histories.flatMap((history) => history.runs);
  const instants = runs.map(startedAt);
  return [
    `${pluralize(runs.length, 'run')} of ${histories.map(testName).join('; ')}`,
    `${formatDay(Math.min(...instants))} to ${formatDay(Math.max(...instants))}`,
  ].join(' · ');
}

function summarySection(histories: readonly TestHistory[], alarms: readonly Alarm[]): Section {
  return section('summary', 'Summary', [
    ...attentionBlocks(alarms),
    latestTable(histories),
    changesTable(histories),
    verdictsTable(histories),
  ]);
}

const attentionBlocks = (alarms: readonly Alarm[]): Block[] =>
  alarms.length === 0 ? [text('Nothing needs attention.')] : statementBlocks(alarms.map(alarmStatement));

function latestTable(histories: readonly TestHistory[]): Block {
  return table(
    'The latest run of each test',
    [
      'Test',
      ...right('Started (UTC)'),
      'Verdict',
      ...right('Success', 'p95', 'Error rate', 'Growth of memory'),
    ],
    histories.map((history): Value[] => {
      const latest = history.runs.at(-1) as HistoryRecord;
      return [
        testName(history),
        formatMinute(startedAt(latest)),
        verdictCell(latest),
        successText(history),
        ...['p95', 'errors', 'memory'].map((id) => latestText(history.figures, id)),
      ];
    }),
  );
}

/** Of each flow; its name where there are several. */
function successText({ figures }: TestHistory): string {
  const flows = figures.filter(({ figure }) => figure.flow !== null);
  const told = flows.map(({ figure: { flow, unit }, points }) => {
    const success = formatValue(points.at(-1)?.value ?? null, unit);
    return flows.length > 1 ? `${flow}: ${success}` : success;
  });
  return told.join(', ') || NOTHING;
}

function changesTable(histories: readonly TestHistory[]): Block {
  const changes = histories.flatMap((history) =>
    history.figures.flatMap(({ figure, changes }) => changes.map((change) => ({ history, figure, change }))),
  );
  return tableOr(
    'No figure of any test has changed for good.',
    'Changes, the latest first',
    [...right('First day'), 'Test', 'What', 'How', 'Explained by', 'Commits'],
    changes
      .sort((a, b) => startedAt(b.change.after) - startedAt(a.change.after))
      .map(({ history, figure, change }) => [
        formatDay(startedAt(change.after)),
        testName(history),
        figure.title,
        { text: levels(figure, change), tone: change.isWorse ? 'bad' : 'good' },
        explainingSteps(change),
        commitRange(change),
      ]),
  );
}

function verdictsTable(histories: readonly TestHistory[]): Block {
  const decisions = Object.entries(DECISIONS);
  return table(
    'Verdicts of all runs',
    ['Test', 'How often', ...right(...decisions.map(([, { words }]) => words), 'missing')],
    histories.map((history) => [
      testName(history),
      history.everyMs === null ? 'as they come' : cadence(history.everyMs),
      ...decisions.map(([decision]) => history.runs.filter(({ verdict }) => verdict === decision).length),
      history.missing.length,
    ]),
  );
}

function testSection(history: TestHistory, id: string, reportOf: ReportOf): Section {
  const timeline = timelineOf(history);
  return section(
    id,
    testName(history),
    [text(missingSentence(history))],
    [
      ...history.figures.map((figure) => {
        const part = `${id}-${figure.figure.id}`;
        const { flow } = figure.figure;
        return flow === null
          ? figureSection(part, figure, timeline)
          : flowSection(part, flow, figure, timeline);
      }),
      runsSection(`${id}-runs`, history, reportOf),
    ],
  );
}

/** How often there are runs, and when there was none. */
export function missingSentence({ everyMs, missing, runs }: TestHistory): string {
  const all = pluralize(runs.length, 'run');
  if (everyMs === null) return `${all}, as they come: what is missing cannot be told.`;
  if (missing.length === 0) return `${all}, ${cadence(everyMs)}: none is missing.`;
  const spans = missingSpans(missing, everyMs);
  const more = spans.length > MOST_SPANS ? `, and ${formatCount(spans.length - MOST_SPANS)} before` : '';
  return `${all}, ${cadence(everyMs)}; missing: ${spans.slice(-MOST_SPANS).join(', ')}${more}.`;
}

const MOST_SPANS = 20;

/** Of all tests. */
function latestRun(histories: readonly TestHistory[]): HistoryRecord {
  const latest = histories.map(({ runs }) => runs.at(-1) as HistoryRecord);
  return latest.reduce((a, b) => (startedAt(b) > startedAt(a) ? b : a));
}

const RUNS_SHOWN = 10;

/**
 * What needs attention, for those who do not look at the history every day.
 * @param untilMs as of when
 */
export function alertDocument({ product, alarms }: ProductHistory, untilMs: number): Document {
  const concerned = [...new Set(alarms.map(({ history }) => history))];
  return {
    title: alarms.length === 1 ? 'Something needs attention' : `${alarms.length} things need attention`,
    subtitle: `${product}, as of ${formatMinute(untilMs)} UTC`,
    verdict: ALERT,
    sections: [
      section('what', 'What', attentionBlocks(alarms)),
      ...concerned.map(latestRuns),
      section('more', 'More', [
        text(
          'Steps, reasons of failures and charts are in the history: npm run history. This issue is brought up to date after every run, and closed once nothing of it is true any more.',
        ),
      ]),
    ],
  };
}

function latestRuns(history: TestHistory, index: number): Section {
  return section(`runs-${index}`, `Latest runs of ${testName(history)}`, [
    runsTable(history, placesOf(history).slice(0, RUNS_SHOWN), () => null),
  ]);
}

/** More than this makes a page that no browser opens at once. */
const MOST_RUNS = 1000;

/**
 * The first page: where each product stands, and every run with its report.
 * @param pageOf where the history of a product is
 */
export function indexDocument(
  products: readonly ProductHistory[],
  pageOf: (product: string) => string,
  reportOf: ReportOf,
): Document {
  const alarms = products.flatMap((one) => one.alarms);
  const runs = products
    .flatMap(({ histories }) => histories.flatMap((history) => history.runs))
    .sort((a, b) => startedAt(b) - startedAt(a));
  return {
    title: 'Load test history',
    subtitle: `${formatCount(runs.length)} runs of ${products.map(({ product }) => product).join(', ')}`,
    verdict: alarms.length > 0 ? ALERT : NO_ALERT,
    sections: [
      section('products', 'Products', [
        ...attentionBlocks(alarms),
        table(
          'Products, each with its history',
          ['Product', 'Attention', ...right('Runs', 'Latest run (UTC)'), 'Its test', 'Its verdict'],
          products.map((one) => productCells(one, pageOf)),
        ),
      ]),
      section('runs', 'Runs', [
        table(
          'Runs, the latest first',
          [...right('Started (UTC)'), 'Test', 'Verdict', ...right('Success', 'p95', 'Error rate'), 'Commit'],
          runs.slice(0, MOST_RUNS).map((record) => indexRunCells(record, reportOf)),
        ),
        olderNote(runs.length - MOST_RUNS),
      ]),
    ],
  };
}

function productCells(one: ProductHistory, pageOf: (product: string) => string): Value[] {
  const { product, histories, alarms } = one;
  const latest = latestRun(histories);
  const { words, tone } = alarms.length > 0 ? ALERT : NO_ALERT;
  return [
    { text: product, href: pageOf(product) },
    { text: words, tone },
    histories.reduce((sum, { runs }) => sum + runs.length, 0),
    formatMinute(startedAt(latest)),
    latest.run.test,
    verdictCell(latest),
  ];
}

function indexRunCells(record: HistoryRecord, reportOf: ReportOf): Value[] {
  const { run, flows, totals } = record;
  return [
    linked(record, reportOf),
    `${run.product}/${testName(run)}`,
    verdictCell(record),
    flows
      .filter(({ iterations }) => iterations > 0)
      .map(({ succeeded, iterations }) => percent(succeeded / iterations))
      .join(', ') || NOTHING,
    formatValue(totals.durationMs?.p95 ?? null, 'ms'),
    formatShare(totals.errors, totals.requests),
    commitText(record),
  ];
}
