import type { Alarm, TestHistory } from '../../../lib/core/across-runs/index.ts';
import { pluralize } from '../../../lib/core/numbers/index.ts';
import { alignColumns, formatMinute } from '../format.ts';
import { indentLines, paintVerdict, titledLines, wrapLines } from '../terminal.ts';
import { statementLines } from './figure-sections.ts';
import { missingSentence, type ProductHistory, subtitleOf } from './history-documents.ts';
import { ALERT, alarmStatement, changeStatement, commitText, NO_ALERT, testName } from './history-text.ts';
import { figureCells, runSlots, slotVerdict } from './runs.ts';

const MAX_RUNS_SHOWN = 14;

/** Returns the history of a product as terminal text: the alarms, then the changes and the latest runs of each test. */
export function historyReport({ product, histories, alarms }: ProductHistory): string {
  return [
    '',
    `${heading(alarms)}  history of ${product}: ${subtitleOf(histories)}`,
    ...statementLines(alarms.map(alarmStatement)),
    ...histories.flatMap((history) => titledLines(testName(history), testLines(history, alarms))),
    '',
    '',
  ].join('\n');
}

/** Returns only the alarms of a product as terminal text. */
export const alertReport = ({ product, alarms }: ProductHistory): string =>
  [`${heading(alarms)}  ${product}`, ...statementLines(alarms.map(alarmStatement)), ''].join('\n');

const heading = (alarms: readonly Alarm[]): string => paintVerdict(alarms.length > 0 ? ALERT : NO_ALERT);

function testLines(history: TestHistory, alarms: readonly Alarm[]): string[] {
  const alarmedChanges = new Set(alarms.map((alarm) => ('change' in alarm ? alarm.change : null)));
  return [
    ...wrapLines(missingSentence(history), '    ', '  '),
    ...history.figures.flatMap(({ figure, changes }) =>
      statementLines(
        changes.filter((change) => !alarmedChanges.has(change)).map((change) => changeStatement(figure, change)),
      ),
    ),
    '',
    ...latestRuns(history),
  ];
}

/** The number of left-aligned columns: start, verdict and commit. */
const TEXT_COLUMNS = 3;

function latestRuns(history: TestHistory): string[] {
  const slots = runSlots(history);
  const rows = slots
    .slice(0, MAX_RUNS_SHOWN)
    .map((slot) => [
      formatMinute(slot.atMs),
      slotVerdict(slot).text,
      'record' in slot ? commitText(slot.record) : '',
      ...figureCells(history, slot),
    ]);
  const titles = history.figures.map(({ figure }) => figure.title);
  const lines = alignColumns([['started (UTC)', 'verdict', 'commit', ...titles], ...rows], TEXT_COLUMNS);
  const more = slots.length - MAX_RUNS_SHOWN;
  return [...indentLines(lines), ...(more > 0 ? [`  ${pluralize(more, 'older run')} not shown`] : [])];
}
