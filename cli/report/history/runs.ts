import type { HistoryRecord, MissingRun, TestHistory } from '../../../lib/core/across-runs/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Block, Cell, Section, Table } from '../document.ts';
import { formatMinute, formatReading } from '../format.ts';
import { NOTHING, right, section, table, text, type Value } from '../run/blocks.ts';
import { commitText, type Judgement, missingText, startedAt, verdictCell } from './words.ts';

/** Where the report of a run is, from the page that it is named on; null where it is not known. */
export type ReportOf = (record: HistoryRecord) => string | null;

/** A run, or one that is missing. */
export type Place = { atMs: number } & ({ record: HistoryRecord } | { missing: MissingRun });

/** Runs, the latest first, with those that are missing in their places. */
export function placesOf({ runs, missing }: TestHistory): Place[] {
  return [
    ...runs.map((record): Place => ({ atMs: startedAt(record), record })),
    // One that supported no verdict is there as a run.
    ...missing
      .filter(({ invalid }) => invalid.length === 0)
      .map((one): Place => ({ atMs: one.atMs, missing: one })),
  ].sort((a, b) => b.atMs - a.atMs);
}

/** How many runs are left out below a table of the latest. */
export const olderNote = (left: number): Block | null =>
  left > 0 ? text(`${formatCount(left)} more are older than these.`) : null;

const MOST_ROWS = 100;

export function runsSection(id: string, history: TestHistory, reportOf: ReportOf): Section {
  const places = placesOf(history);
  return section(id, 'Runs', [
    runsTable(history, places.slice(0, MOST_ROWS), reportOf),
    olderNote(places.length - MOST_ROWS),
  ]);
}

export function runsTable(
  history: TestHistory,
  places: readonly Place[],
  reportOf: ReportOf,
): Table & { kind: 'table' } {
  return table(
    'Runs, the latest first',
    [
      ...right('Started (UTC)'),
      'Verdict',
      ...right(...history.figures.map(({ figure }) => figure.title)),
      'Failed criteria',
      'Causes',
      'Commit',
    ],
    places.map((place): Value[] => {
      const record = 'record' in place ? place.record : null;
      return [
        record ? linked(record, reportOf) : formatMinute(place.atMs),
        verdictOf(place),
        ...figureCells(history, place),
        record?.failed.join(', ') ?? '',
        record?.causes.join(', ') ?? '',
        record ? commitText(record) : '',
      ];
    }),
  );
}

export const verdictOf = (place: Place): Judgement =>
  'record' in place ? verdictCell(place.record) : { text: missingText(place.missing), tone: 'neutral' };

/** What a run tells of each figure. */
export function figureCells({ figures }: TestHistory, place: Place): string[] {
  return figures.map(({ figure }) => {
    const reading = 'record' in place ? figure.read(place.record) : null;
    if (!reading) return NOTHING;
    // How far others may be off, their charts and tables say.
    return figure.flow === null
      ? formatValue(reading.value, figure.unit)
      : formatReading(reading, figure.unit);
  });
}

/** When it was, with its report behind that. */
export function linked(record: HistoryRecord, reportOf: ReportOf): Cell {
  const href = reportOf(record);
  const name = formatMinute(startedAt(record));
  return href === null ? name : { text: name, href };
}
