import type { Phase } from '../../../../lib/core/definition/index.ts';
import type { TimeChart } from '../../report-document.ts';
import { type AxisRange, type AxisUnit, axisUnit } from './axis.ts';

export type SeriesValues = readonly (number | null)[];
export type ChartSeries = TimeChart['series'][number];

/**
 * What tells series apart besides their colour, as lengths of dash and gap. Beyond the last both begin again, each
 * with a period of its own: colour and dash together repeat only after 40 series.
 */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 4], [11, 4, 2, 4], [16, 5]];
const COLOURS = 8;

export interface SeriesStyle {
  /** Number of the custom property that holds the colour: `--series-1`. */
  colorNumber: number;
  dash: readonly number[];
}

export const seriesStyle = (index: number): SeriesStyle => ({
  colorNumber: (index % COLOURS) + 1,
  dash: DASHES[index % DASHES.length] as readonly number[],
});

/** The edges of what a series draws: the lower is null where it draws no more than a line. */
export interface SeriesEdges {
  upper: SeriesValues;
  lower: SeriesValues | null;
}

/** Stacked series stand on those before them; a value that is missing lifts nothing and leaves a gap of its own. */
export function seriesEdges(series: readonly ChartSeries[]): SeriesEdges[] {
  let ground: number[] = [];
  return series.map(({ values, style = 'line' }) => {
    if (style === 'area') return { upper: values, lower: values.map(() => 0) };
    if (style !== 'stacked') return { upper: values, lower: null };
    const lower = values.map((_, i) => ground[i] ?? 0);
    ground = values.map((value, i) => (lower[i] as number) + (value ?? 0));
    return { upper: values.map((value, i) => (value === null ? null : (ground[i] as number))), lower };
  });
}

/** Lowest and highest value; null where there is none. */
export function columnsExtent(columns: readonly SeriesValues[]): AxisRange | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const column of columns)
    for (const value of column) {
      if (value === null) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  return min <= max ? { min, max } : null;
}

/** Lowest and highest of all that a chart draws: values, what they stand on, and between what they may be. */
export function seriesExtent(series: readonly ChartSeries[]): AxisRange | null {
  const bounds = series.flatMap(({ bounds }) => (bounds ? [bounds.low, bounds.high] : []));
  return columnsExtent([...seriesEdges(series).map(({ upper }) => upper), ...bounds]);
}

/** What the values of a chart over time are written in along its axis. */
export function valueAxisUnit({ unit, series }: TimeChart): AxisUnit {
  const { min, max } = seriesExtent(series) ?? { min: 0, max: 0 };
  return axisUnit(unit, Math.max(max, -min));
}

/** The name of the phase at an instant; nothing before the first and after the last. */
export const phaseNameAt = (phases: readonly Phase[], ms: number): string =>
  phases.find(({ startMs, endMs }) => startMs <= ms && ms < endMs)?.name ?? '';
