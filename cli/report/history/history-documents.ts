import type { Alarm, HistoryRecord, TestHistory } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatShare, formatValue, pluralize } from '../../../lib/core/numbers/index.ts';
import {
  type CellValue,
  NO_VALUE,
  numberColumns,
  section,
  tableBlock,
  tableOrAbsent,
  textBlock,
} from '../block-builders.ts';
import { formatDay, formatMinute } from '../format.ts';
import type { Block, ReportDocument, Section } from '../report-document.ts';
import { DECISION_WORDS } from '../verdict-words.ts';
import { figureSection, flowSection, latestValueText, statementBlocks } from './figure-sections.ts';
import {
  ALERT,
  alarmStatement,
  cadenceText,
  commitRangeText,
  commitText,
  explainingStepsText,
  levelChangeText,
  missingSpanTexts,
  NO_ALERT,
  percentText,
  startedAtMs,
  testName,
  verdictCell,
} from './history-text.ts';
import { olderNote, type ReportOf, reportLink, runSlots, runsSection, runsTable } from './runs.ts';
import { timelineOf } from './timeline.ts';

/** The histories of all tests of one product, with their alarms. */
export interface ProductHistory {
  product: string;
  histories: TestHistory[];
  alarms: Alarm[];
}

/** Builds the history report of a product: first the alarms, then one section per test. */
export function historyDocument(
  { product, histories, alarms }: ProductHistory,
  reportOf: ReportOf = () => null,
): ReportDocument {
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

/** Returns the number of runs, the names of their tests and their date range. */
export function subtitleOf(histories: readonly TestHistory[]): string {
  const runs = histories.flatMap((history) => history.runs);
  const instants = runs.map(startedAtMs);
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
  alarms.length === 0 ? [textBlock('Nothing needs attention.')] : statementBlocks(alarms.map(alarmStatement));

function latestTable(histories: readonly TestHistory[]): Block {
  return tableBlock(
    'The latest run of each test',
    [
      'Test',
      ...numberColumns('Started (UTC)'),
      'Verdict',
      ...numberColumns('Success', 'p95', 'Error rate', 'Memory growth'),
    ],
    histories.map((history): CellValue[] => {
      const latest = history.runs.at(-1) as HistoryRecord;
      return [
        testName(history),
        formatMinute(startedAtMs(latest)),
        verdictCell(latest),
        successText(history),
        ...['p95', 'errors', 'memory'].map((id) => latestValueText(history.figures, id)),
      ];
    }),
  );
}

/**
 * Returns the latest success rate of each flow. If the test has several flows, each rate follows the name of its flow.
 */
function successText({ figures }: TestHistory): string {
  const flows = figures.filter(({ figure }) => figure.flow !== null);
  const texts = flows.map(({ figure: { flow, unit }, points }) => {
    const success = formatValue(points.at(-1)?.value ?? null, unit);
    return flows.length > 1 ? `${flow}: ${success}` : success;
  });
  return texts.join(', ') || NO_VALUE;
}

function changesTable(histories: readonly TestHistory[]): Block {
  const changes = histories.flatMap((history) =>
    history.figures.flatMap(({ figure, changes }) => changes.map((change) => ({ history, figure, change }))),
  );
  return tableOrAbsent(
    'No test has a lasting change.',
    'Changes (latest first)',
    [...numberColumns('First day'), 'Test', 'Metric', 'Change', 'Explained by', 'Commits'],
    changes
      .sort((a, b) => startedAtMs(b.change.after) - startedAtMs(a.change.after))
      .map(({ history, figure, change }) => [
        formatDay(startedAtMs(change.after)),
        testName(history),
        figure.title,
        { text: levelChangeText(figure, change), tone: change.isWorse ? 'bad' : 'good' },
        explainingStepsText(change),
        commitRangeText(change),
      ]),
  );
}

function verdictsTable(histories: readonly TestHistory[]): Block {
  const decisions = Object.entries(DECISION_WORDS);
  return tableBlock(
    'Verdicts of all runs',
    ['Test', 'Schedule', ...numberColumns(...decisions.map(([, { words }]) => words), 'missing')],
    histories.map((history) => [
      testName(history),
      history.everyMs === null ? 'no schedule' : cadenceText(history.everyMs),
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
    [textBlock(missingSentence(history))],
    [
      ...history.figures.map((figure) => {
        const part = `${id}-${figure.figure.id}`;
        const { flow } = figure.figure;
        return flow === null ? figureSection(part, figure, timeline) : flowSection(part, flow, figure, timeline);
      }),
      runsSection(`${id}-runs`, history, reportOf),
    ],
  );
}

/** Returns a sentence about the number of runs, their schedule and the missing runs. */
export function missingSentence({ everyMs, missing, runs }: TestHistory): string {
  const runCount = pluralize(runs.length, 'run');
  if (everyMs === null) return `${runCount} without a schedule, so missing runs cannot be detected.`;
  if (missing.length === 0) return `${runCount}, ${cadenceText(everyMs)}. No run is missing.`;
  const spans = missingSpanTexts(missing, everyMs);
  const more =
    spans.length > MAX_SPANS_SHOWN ? `, and ${formatCount(spans.length - MAX_SPANS_SHOWN)} earlier gaps` : '';
  return `${runCount}, ${cadenceText(everyMs)}. Missing: ${spans.slice(-MAX_SPANS_SHOWN).join(', ')}${more}.`;
}

const MAX_SPANS_SHOWN = 20;

/** Returns the latest run among all tests. */
function latestRun(histories: readonly TestHistory[]): HistoryRecord {
  const latest = histories.map(({ runs }) => runs.at(-1) as HistoryRecord);
  return latest.reduce((a, b) => (startedAtMs(b) > startedAtMs(a) ? b : a));
}

const MAX_ALERT_RUNS = 10;

/**
 * Builds the text of an alert issue: all alarms, and the latest runs of the affected tests.
 * @param untilMs time of the latest data
 */
export function alertDocument({ product, alarms }: ProductHistory, untilMs: number): ReportDocument {
  const affected = [...new Set(alarms.map(({ history }) => history))];
  return {
    title: `${pluralize(alarms.length, 'alarm')} in the load test history`,
    subtitle: `${product}, as of ${formatMinute(untilMs)} UTC`,
    verdict: ALERT,
    sections: [
      section('alarms', 'Alarms', attentionBlocks(alarms)),
      ...affected.map(latestRuns),
      section('more', 'More information', [
        textBlock(
          'For steps, failure reasons and charts, run: npm run history. This issue is updated after every run and closed when all of its alarms are resolved.',
        ),
      ]),
    ],
  };
}

function latestRuns(history: TestHistory, index: number): Section {
  return section(`runs-${index}`, `Latest runs of ${testName(history)}`, [
    runsTable(history, runSlots(history).slice(0, MAX_ALERT_RUNS), () => null),
  ]);
}

/** A page with more table rows takes browsers long to open. */
const MAX_INDEX_RUNS = 1000;

/**
 * Builds the start page: the state of each product, and every run with a link to its report.
 * @param pageOf returns the address of the history page of a product
 */
export function historyIndexDocument(
  products: readonly ProductHistory[],
  pageOf: (product: string) => string,
  reportOf: ReportOf,
): ReportDocument {
  const alarms = products.flatMap((product) => product.alarms);
  const runs = products
    .flatMap(({ histories }) => histories.flatMap((history) => history.runs))
    .sort((a, b) => startedAtMs(b) - startedAtMs(a));
  return {
    title: 'Load test history',
    subtitle: `${formatCount(runs.length)} runs of ${products.map(({ product }) => product).join(', ')}`,
    verdict: alarms.length > 0 ? ALERT : NO_ALERT,
    sections: [
      section('products', 'Products', [
        ...attentionBlocks(alarms),
        tableBlock(
          'Products and their histories',
          ['Product', 'Attention', ...numberColumns('Runs', 'Latest run (UTC)'), 'Latest test', 'Latest verdict'],
          products.map((product) => productCells(product, pageOf)),
        ),
      ]),
      section('runs', 'Runs', [
        tableBlock(
          'Runs (latest first)',
          [
            ...numberColumns('Started (UTC)'),
            'Test',
            'Verdict',
            ...numberColumns('Success', 'p95', 'Error rate'),
            'Commit',
          ],
          runs.slice(0, MAX_INDEX_RUNS).map((record) => indexRunCells(record, reportOf)),
        ),
        olderNote(runs.length - MAX_INDEX_RUNS),
      ]),
    ],
  };
}

function productCells(
  { product, histories, alarms }: ProductHistory,
  pageOf: (product: string) => string,
): CellValue[] {
  const latest = latestRun(histories);
  const { words, tone } = alarms.length > 0 ? ALERT : NO_ALERT;
  return [
    { text: product, href: pageOf(product) },
    { text: words, tone },
    histories.reduce((sum, { runs }) => sum + runs.length, 0),
    formatMinute(startedAtMs(latest)),
    latest.run.test,
    verdictCell(latest),
  ];
}

function indexRunCells(record: HistoryRecord, reportOf: ReportOf): CellValue[] {
  const { run, flows, totals } = record;
  return [
    reportLink(record, reportOf),
    `${run.product}/${testName(run)}`,
    verdictCell(record),
    flows
      .filter(({ iterations }) => iterations > 0)
      .map(({ succeeded, iterations }) => percentText(succeeded / iterations))
      .join(', ') || NO_VALUE,
    formatValue(totals.responseTimeMs?.p95 ?? null, 'ms'),
    formatShare(totals.errors, totals.requests),
    commitText(record),
  ];
}
