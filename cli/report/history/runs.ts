import type { HistoryRecord, MissingRun, TestHistory } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import {
  type CellValue,
  NO_VALUE,
  numberColumns,
  section,
  tableBlock,
  textBlock,
} from '../block-builders.ts';
import { formatMinute, formatReading } from '../format.ts';
import type { Block, Cell, Section, Table } from '../report-document.ts';
import { commitText, type JudgmentCell, missingRunText, startedAtMs, verdictCell } from './history-text.ts';

/** Where the report of a run is, from the page that it is named on; null where it is not known. */
export type ReportOf = (record: HistoryRecord) => string | null;

/** A run, or one that is missing. */
export type RunSlot = { atMs: number } & ({ record: HistoryRecord } | { missing: MissingRun });

/** Runs, the latest first, with those that are missing in their places. */
export function runSlots({ runs, missing }: TestHistory): RunSlot[] {
  return [
    ...runs.map((record): RunSlot => ({ atMs: startedAtMs(record), record })),
    // One that supported no verdict is there as a run.
    ...missing
      .filter(({ invalid }) => invalid.length === 0)
      .map((one): RunSlot => ({ atMs: one.atMs, missing: one })),
  ].sort((a, b) => b.atMs - a.atMs);
}

/** How many runs are left out below a table of the latest. */
export const olderNote = (left: number): Block | null =>
  left > 0 ? textBlock(`${formatCount(left)} more are older than these.`) : null;

const MOST_ROWS = 100;

export function runsSection(id: string, history: TestHistory, reportOf: ReportOf): Section {
  const places = runSlots(history);
  return section(id, 'Runs', [
    runsTable(history, places.slice(0, MOST_ROWS), reportOf),
    olderNote(places.length - MOST_ROWS),
  ]);
}

export function runsTable(
  history: TestHistory,
  places: readonly RunSlot[],
  reportOf: ReportOf,
): Table & { kind: 'table' } {
  return tableBlock(
    'Runs, the latest first',
    [
      ...numberColumns('Started (UTC)'),
      'Verdict',
      ...numberColumns(...history.figures.map(({ figure }) => figure.title)),
      'Failed criteria',
      'Causes',
      'Commit',
    ],
    places.map((place): CellValue[] => {
      const record = 'record' in place ? place.record : null;
      return [
        record ? reportLink(record, reportOf) : formatMinute(place.atMs),
        slotVerdict(place),
        ...figureCells(history, place),
        record?.failed.join(', ') ?? '',
        record?.causes.join(', ') ?? '',
        record ? commitText(record) : '',
      ];
    }),
  );
}

export const slotVerdict = (place: RunSlot): JudgmentCell =>
  'record' in place ? verdictCell(place.record) : { text: missingRunText(place.missing), tone: 'neutral' };

/** What a run tells of each figure. */
export function figureCells({ figures }: TestHistory, place: RunSlot): string[] {
  return figures.map(({ figure }) => {
    const reading = 'record' in place ? figure.read(place.record) : null;
    if (!reading) return NO_VALUE;
    // How far others may be off, their charts and tables say.
    return figure.flow === null
      ? formatValue(reading.value, figure.unit)
      : formatReading(reading, figure.unit);
  });
}

/** When it was, with its report behind that. */
export function reportLink(record: HistoryRecord, reportOf: ReportOf): Cell {
  const href = reportOf(record);
  const name = formatMinute(startedAtMs(record));
  return href === null ? name : { text: name, href };
}
