import type { HistoryRecord, MissingRun, TestHistory } from '../../../lib/core/across-runs/index.ts';
import { formatValue, pluralize } from '../../../lib/core/numbers/index.ts';
import { type CellValue, NO_VALUE, numberColumns, section, tableBlock, textBlock } from '../block-builders.ts';
import { formatMinute, formatReading } from '../format.ts';
import type { Block, Cell, Section, Table } from '../report-document.ts';
import { commitText, type JudgmentCell, missingRunText, startedAtMs, verdictCell } from './history-text.ts';

/** Returns the address of a run's report, relative to the page that links to it, or null if it is unknown. */
export type ReportOf = (record: HistoryRecord) => string | null;

/** A run or a missing run. */
export type RunSlot = { atMs: number } & ({ record: HistoryRecord } | { missing: MissingRun });

/** Runs and missing runs, the latest first. */
export function runSlots({ runs, missing }: TestHistory): RunSlot[] {
  return [
    ...runs.map((record): RunSlot => ({ atMs: startedAtMs(record), record })),
    // Entries with an invalid run are listed as runs above.
    ...missing
      .filter(({ invalid }) => invalid.length === 0)
      .map((missingRun): RunSlot => ({ atMs: missingRun.atMs, missing: missingRun })),
  ].sort((a, b) => b.atMs - a.atMs);
}

/** A note below a table of the latest runs on how many older runs it omits. */
export const olderNote = (omitted: number): Block | null =>
  omitted > 0 ? textBlock(`${pluralize(omitted, 'older run')} not shown.`) : null;

const MAX_ROWS = 100;

export function runsSection(id: string, history: TestHistory, reportOf: ReportOf): Section {
  const slots = runSlots(history);
  return section(id, 'Runs', [
    runsTable(history, slots.slice(0, MAX_ROWS), reportOf),
    olderNote(slots.length - MAX_ROWS),
  ]);
}

export function runsTable(
  history: TestHistory,
  slots: readonly RunSlot[],
  reportOf: ReportOf,
): Table & { kind: 'table' } {
  return tableBlock(
    'Runs (latest first)',
    [
      ...numberColumns('Started (UTC)'),
      'Verdict',
      ...numberColumns(...history.figures.map(({ figure }) => figure.title)),
      'Failed criteria',
      'Causes',
      'Commit',
    ],
    slots.map((slot): CellValue[] => {
      const record = 'record' in slot ? slot.record : null;
      return [
        record ? reportLink(record, reportOf) : formatMinute(slot.atMs),
        slotVerdict(slot),
        ...figureCells(history, slot),
        record?.failed.join(', ') ?? '',
        record?.causes.join(', ') ?? '',
        record ? commitText(record) : '',
      ];
    }),
  );
}

export const slotVerdict = (slot: RunSlot): JudgmentCell =>
  'record' in slot ? verdictCell(slot.record) : { text: missingRunText(slot.missing), tone: 'neutral' };

/** The value of each figure in a run. */
export function figureCells({ figures }: TestHistory, slot: RunSlot): string[] {
  return figures.map(({ figure }) => {
    const reading = 'record' in slot ? figure.read(slot.record) : null;
    if (!reading) return NO_VALUE;
    // Only flow success is shown with its interval here. The charts show the intervals of other figures.
    return figure.flow === null ? formatValue(reading.value, figure.unit) : formatReading(reading, figure.unit);
  });
}

/** The start time of a run as a link to its report. */
export function reportLink(record: HistoryRecord, reportOf: ReportOf): Cell {
  const href = reportOf(record);
  const name = formatMinute(startedAtMs(record));
  return href === null ? name : { text: name, href };
}
