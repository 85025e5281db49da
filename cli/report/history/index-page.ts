import type { HistoryRecord } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatMs, formatShare } from '../../../lib/core/numbers/index.ts';
import type { Cell, Document } from '../document.ts';
import { formatMinute } from '../format.ts';
import { NOTHING, right, table, text } from '../run/blocks.ts';
import { latestRun, type ProductHistory } from './document.ts';
import { linked, type ReportOf } from './runs.ts';
import { statementBlocks } from './statements.ts';
import {
  ALERT,
  alarmStatement,
  commitText,
  NO_ALERT,
  percent,
  startedAt,
  testName,
  verdictCell,
} from './words.ts';

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
      {
        id: 'products',
        title: 'Products',
        blocks: [
          ...(alarms.length > 0
            ? statementBlocks(alarms.map(alarmStatement))
            : [text('Nothing needs attention.')]),
          table(
            'Products, each with its history',
            ['Product', 'Attention', ...right('Runs', 'Latest run (UTC)'), 'Its test', 'Its verdict'],
            products.map((one) => productCells(one, pageOf)),
          ),
        ],
      },
      {
        id: 'runs',
        title: 'Runs',
        blocks: [
          table(
            'Runs, the latest first',
            [
              ...right('Started (UTC)'),
              'Test',
              'Verdict',
              ...right('Success', 'p95', 'Error rate'),
              'Commit',
            ],
            runs.slice(0, MOST_RUNS).map((record) => runCells(record, reportOf)),
          ),
          ...(runs.length > MOST_RUNS
            ? [text(`${formatCount(runs.length - MOST_RUNS)} more are older than these.`)]
            : []),
        ],
      },
    ],
  };
}

function productCells(one: ProductHistory, pageOf: (product: string) => string): Cell[] {
  const { product, histories, alarms } = one;
  const latest = latestRun(histories);
  const { words, tone } = alarms.length > 0 ? ALERT : NO_ALERT;
  return [
    { text: product, href: pageOf(product) },
    { text: words, tone },
    formatCount(histories.reduce((sum, { runs }) => sum + runs.length, 0)),
    formatMinute(startedAt(latest)),
    latest.run.test,
    verdictCell(latest),
  ];
}

function runCells(record: HistoryRecord, reportOf: ReportOf): Cell[] {
  const { run, flows, totals } = record;
  return [
    linked(record, reportOf),
    `${run.product}/${testName(run)}`,
    verdictCell(record),
    flows
      .filter(({ iterations }) => iterations > 0)
      .map(({ succeeded, iterations }) => percent(succeeded / iterations))
      .join(', ') || NOTHING,
    totals.durationMs ? formatMs(totals.durationMs.p95) : NOTHING,
    formatShare(totals.errors, totals.requests),
    commitText(record),
  ];
}
