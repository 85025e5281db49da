import type { Result, Trend } from '../../lib/core/evidence/index.ts';
import { formatMs, formatValue } from '../../lib/core/numbers/index.ts';
import type { Block, Cell, Section, Table, TimeChart } from './report-document.ts';

export const NO_VALUE = '–';

export const textBlock = (content: string): Block => ({ kind: 'text', text: content });
export const absentBlock = (why: string): Block => ({ kind: 'absent', why });
export const listBlock = (items: string[]): Block => ({ kind: 'list', items });

type Column = Table['columns'][number];

/** Columns of numbers. */
export const numberColumns = (...titles: string[]): Column[] =>
  titles.map((title) => ({ title, align: 'right' }));

/** What stands in a cell: a number is a count, and null is nothing. */
export type CellValue = Cell | number | null;

/** @param columns a plain title is a column of words */
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

/** A table, or without rows why there are none. */
export const tableOrAbsent = (
  none: string,
  ...[caption, columns, rows]: Parameters<typeof tableBlock>
): Block => (rows.length === 0 ? absentBlock(none) : tableBlock(caption, columns, rows));

/** A section; what is null among its blocks is left out. */
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

/** What is known of one thing, a figure a row. */
export const valuesTable = (caption: string, rows: CellValue[][]): Block =>
  tableBlock(caption, ['What', ...numberColumns('Value')], rows);

/** A chart over the time of a run, with the phases of its workload. */
export const timeChartBlock = (
  { workload }: Pick<Result['run'], 'workload'>,
  chart: { id: string; title: string } & Pick<TimeChart, 'atMs' | 'unit' | 'series'>,
): Block => ({ kind: 'chart', type: 'time', ...chart, phases: workload.phases });

type Stat = Exclude<keyof Trend, 'histogram' | 'count'>;

/** A statistic of a duration; of nothing there is none. */
export const statText = (trend: Trend, name: Stat): string =>
  trend.count === 0 ? NO_VALUE : formatMs(trend[name]);

export const statTexts = (trend: Trend, ...names: Stat[]): string[] =>
  names.map((name) => statText(trend, name));
