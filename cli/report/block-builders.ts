import type { Result, Trend } from '../../lib/core/evidence/index.ts';
import { formatMs, formatValue } from '../../lib/core/numbers/index.ts';
import type { Block, Cell, Section, Table, TimeChart } from './report-document.ts';

export const NO_VALUE = '–';

export const textBlock = (content: string): Block => ({ kind: 'text', text: content });
export const absentBlock = (why: string): Block => ({ kind: 'absent', why });
export const listBlock = (items: string[]): Block => ({ kind: 'list', items });

type Column = Table['columns'][number];

/** Returns columns with right-aligned cells, for numbers. */
export const numberColumns = (...titles: string[]): Column[] => titles.map((title) => ({ title, align: 'right' }));

/** A table cell. A number is formatted as a count, and null as a dash. */
export type CellValue = Cell | number | null;

/**
 * Builds a table.
 * @param columns a column given only by its title is left-aligned
 */
export function tableBlock(
  caption: string,
  columns: readonly (string | Column)[],
  rows: readonly (readonly CellValue[])[],
): Table & { kind: 'table' } {
  return {
    kind: 'table',
    caption,
    columns: columns.map((column) => (typeof column === 'string' ? { title: column } : column)),
    rows: rows.map((row) =>
      row.map((value) => (typeof value === 'number' || value === null ? formatValue(value, 'count') : value)),
    ),
  };
}

/** Returns a table, or a block with the explanation `none` if the table would have no rows. */
export const tableOrAbsent = (none: string, ...[caption, columns, rows]: Parameters<typeof tableBlock>): Block =>
  rows.length === 0 ? absentBlock(none) : tableBlock(caption, columns, rows);

/** Builds a section of a report and skips every block that is null. */
export const section = (
  id: string,
  title: string,
  blocks: Block | readonly (Block | null)[],
  sections?: Section[],
): Section => ({
  id,
  title,
  blocks: [blocks].flat().filter((block) => block !== null),
  ...(sections && { sections }),
});

/** Builds a table with two columns, name and value. */
export const valuesTable = (caption: string, rows: CellValue[][]): Block =>
  tableBlock(caption, ['Name', ...numberColumns('Value')], rows);

/** Builds a chart of values over the time of a run, with the phases of the workload in the background. */
export const timeChartBlock = (
  { workload }: Pick<Result['run'], 'workload'>,
  chart: { id: string; title: string } & Pick<TimeChart, 'atMs' | 'unit' | 'series'>,
): Block => ({ kind: 'chart', type: 'time', ...chart, phases: workload.phases });

type Stat = Exclude<keyof Trend, 'histogram' | 'count'>;

/** Formats a statistic of durations. Returns a dash if there are no durations. */
export const statText = (trend: Trend, name: Stat): string => (trend.count === 0 ? NO_VALUE : formatMs(trend[name]));

export const statTexts = (trend: Trend, ...names: Stat[]): string[] => names.map((name) => statText(trend, name));
