import type { HistoryRecord, MissingRun, TestHistory } from '../../../lib/core/across-runs/index.ts';
import { formatValue, pluralize } from '../../../lib/core/numbers/index.ts';
import { type CellValue, NO_VALUE, numberColumns, section, tableBlock, textBlock } from '../block-builders.ts';
import { formatMinute, formatReading } from '../format.ts';
import type { Block, Cell, Section, Table } from '../report-document.ts';
import { commitText, type JudgmentCell, missingRunText, startedAtMs, verdictCell } from './history-text.ts';

/**
 * Returns the address of a run's report, relative to the page with the link. Returns null if the address is unknown.
 */
export type ReportOf = (record: HistoryRecord) => string | null;

/** An entry in the list of runs: either a run or a missing run. */
export type RunSlot = { atMs: number } & ({ record: HistoryRecord } | { missing: MissingRun });

/** Returns the runs and missing runs of a test, the latest first. */
export function runSlots({ runs, missing }: TestHistory): RunSlot[] {
  return [
    ...runs.map((record): RunSlot => ({ atMs: startedAtMs(record), record })),
    // A missing run with INVALID runs is skipped, because `runs` already contains these INVALID runs.
    ...missing
      .filter(({ invalid }) => invalid.length === 0)
      .map((missingRun): RunSlot => ({ atMs: missingRun.atMs, missing: missingRun })),
  ].sort((a, b) => b.atMs - a.atMs);
}

/** Returns a note on how many older runs a table omits. */
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

/** Returns one cell per figure, with the value of that figure in the run. */
export function figureCells({ figures }: TestHistory, slot: RunSlot): string[] {
  return figures.map(({ figure }) => {
    const reading = 'record' in slot ? figure.read(slot.record) : null;
    if (!reading) return NO_VALUE;
    // The intervals of other figures are shown only in the charts.
    return figure.flow === null ? formatValue(reading.value, figure.unit) : formatReading(reading, figure.unit);
  });
}

/** Returns the start time of a run, with a link to the report of that run. */
export function reportLink(record: HistoryRecord, reportOf: ReportOf): Cell {
  const href = reportOf(record);
  const name = formatMinute(startedAtMs(record));
  return href === null ? name : { text: name, href };
}
