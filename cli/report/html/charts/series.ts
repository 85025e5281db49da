import type { Phase } from '../../../../lib/core/definition/index.ts';
import type { TimeChart } from '../../report-document.ts';
import { type AxisRange, type AxisUnit, axisUnit } from './axis.ts';

export type SeriesValues = readonly (number | null)[];
export type ChartSeries = TimeChart['series'][number];

/**
 * Dash patterns of series: lengths of dashes and gaps. There are 5 patterns and 8 colors, so the first 40 series all
 * have a different combination of pattern and color.
 */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 4], [11, 4, 2, 4], [16, 5]];
const COLOR_COUNT = 8;

export interface SeriesStyle {
  /** The number in the name of the CSS variable with the color, for example 1 for `--series-1`. */
  colorNumber: number;
  dash: readonly number[];
}

export const seriesStyle = (index: number): SeriesStyle => ({
  colorNumber: (index % COLOR_COUNT) + 1,
  dash: DASHES[index % DASHES.length] as readonly number[],
});

/** The upper and lower edge of a series. `lower` is null if the series is a line without an area. */
export interface SeriesEdges {
  upper: SeriesValues;
  lower: SeriesValues | null;
}

/**
 * Returns the edges of each series. Stacked series start at the upper edge of the previous series. A missing value
 * leaves a gap in one series only.
 */
export function seriesEdges(series: readonly ChartSeries[]): SeriesEdges[] {
  let baseline: number[] = [];
  return series.map(({ values, style = 'line' }) => {
    if (style === 'area') return { upper: values, lower: values.map(() => 0) };
    if (style !== 'stacked') return { upper: values, lower: null };
    const lower = values.map((_, i) => baseline[i] ?? 0);
    baseline = values.map((value, i) => (lower[i] as number) + (value ?? 0));
    return { upper: values.map((value, i) => (value === null ? null : (baseline[i] as number))), lower };
  });
}

/** Returns the lowest and highest value of all columns, or null if there are no values. */
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

/** Returns the lowest and highest value that a chart shows. Stacked values and bounds are included. */
export function seriesExtent(series: readonly ChartSeries[]): AxisRange | null {
  const bounds = series.flatMap(({ bounds }) => (bounds ? [bounds.low, bounds.high] : []));
  return columnsExtent([...seriesEdges(series).map(({ upper }) => upper), ...bounds]);
}

/** Returns the unit for the value axis of a time chart. */
export function valueAxisUnit({ unit, series }: TimeChart): AxisUnit {
  const { min, max } = seriesExtent(series) ?? { min: 0, max: 0 };
  return axisUnit(unit, Math.max(max, -min));
}

/** Returns the name of the phase at a point in time, or '' before the first phase and after the last phase. */
export const phaseNameAt = (phases: readonly Phase[], ms: number): string =>
  phases.find(({ startMs, endMs }) => startMs <= ms && ms < endMs)?.name ?? '';
