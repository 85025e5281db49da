import type { Alarm, TestHistory } from '../../../lib/core/across-runs/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import { paint } from '../../support/terminal.ts';
import { alignColumns, formatMinute } from '../format.ts';
import { indentLines, TONE_COLORS, titledLines, wrapLines } from '../terminal.ts';
import { statementLines } from './figure-sections.ts';
import { missingSentence, type ProductHistory, subtitleOf } from './history-documents.ts';
import { ALERT, alarmStatement, changeStatement, commitText, NO_ALERT, testName } from './history-text.ts';
import { figureCells, runSlots, slotVerdict } from './runs.ts';

const RUNS_SHOWN = 14;

/** What needs attention first, then each test: the changes before those, and its latest runs with those that are missing. */
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

/** What needs attention, and nothing else. */
export const alertReport = ({ product, alarms }: ProductHistory): string =>
  [`${heading(alarms)}  ${product}`, ...statementLines(alarms.map(alarmStatement)), ''].join('\n');

function heading(alarms: readonly Alarm[]): string {
  const { words, tone } = alarms.length > 0 ? ALERT : NO_ALERT;
  return paint('bold', paint(TONE_COLORS[tone], words));
}

function testLines(history: TestHistory, alarms: readonly Alarm[]): string[] {
  const told = new Set(alarms.map((alarm) => ('change' in alarm ? alarm.change : null)));
  return [
    ...wrapLines(missingSentence(history), '    ', '  '),
    ...history.figures.flatMap(({ figure, changes }) =>
      statementLines(
        changes.filter((change) => !told.has(change)).map((change) => changeStatement(figure, change)),
      ),
    ),
    '',
    ...latestRuns(history),
  ];
}

/** When, verdict and commit. */
const WORDS = 3;

function latestRuns(history: TestHistory): string[] {
  const places = runSlots(history);
  const rows = places
    .slice(0, RUNS_SHOWN)
    .map((place) => [
      formatMinute(place.atMs),
      slotVerdict(place).text,
      'record' in place ? commitText(place.record) : '',
      ...figureCells(history, place),
    ]);
  const titles = history.figures.map(({ figure }) => figure.title);
  const lines = alignColumns([['started (UTC)', 'verdict', 'commit', ...titles], ...rows], WORDS);
  const more = places.length - RUNS_SHOWN;
  return [...indentLines(lines), ...(more > 0 ? [`  and ${formatCount(more)} before these`] : [])];
}
