import {
  type FigureUnit,
  formatCount,
  formatShare,
  formatValue,
  percentileName,
} from '../../../../lib/core/numbers/index.ts';
import { numberColumns } from '../../block-builders.ts';
import { formatReading } from '../../format.ts';
import type { Chart, FunnelChart, HistogramChart, PercentileChart, Table, TimeChart } from '../../report-document.ts';
import { timeAxisOf } from './axis.ts';
import { dropOff } from './funnel.ts';
import { type ChartSeries, columnsExtent, phaseNameAt, type SeriesValues } from './series.ts';

/** Returns the values of a chart as a table, for readers who cannot see the chart. */
export function chartTable(chart: Chart): Table {
  const perRow = chart.type === 'time' ? samplesPerRow(chart) : 1;
  const range = perRow > 1 ? ` (min to max of every ${perRow} samples)` : '';
  return { caption: `Values of “${chart.title}”${range}`, ...valuesOf(chart) };
}

function valuesOf(chart: Chart): Omit<Table, 'caption'> {
  switch (chart.type) {
    case 'time':
      return timeValues(chart);
    case 'percentiles':
      return percentileValues(chart);
    case 'histogram':
      return histogramValues(chart);
    case 'funnel':
      return funnelValues(chart);
  }
}

/** A page with more table rows takes browsers long to open. */
const MAX_ROWS = 400;

const samplesPerRow = ({ atMs }: TimeChart): number => Math.ceil(atMs.length / MAX_ROWS);

function timeValues(chart: TimeChart): Omit<Table, 'caption'> {
  const { atMs, unit, series, phases, marks } = chart;
  const hasPhases = chart.axis !== 'date';
  const axis = timeAxisOf(chart);
  const perRow = samplesPerRow(chart);
  const rowStarts = atMs.flatMap((ms, i) => (i % perRow === 0 ? [{ ms, i }] : []));
  return {
    columns: [
      ...numberColumns('time'),
      ...(hasPhases ? [{ title: 'phase' }] : []),
      ...numberColumns(...series.map(({ name }) => name)),
      ...(marks ? [{ title: 'note' }] : []),
    ],
    rows: rowStarts.map(({ ms, i }) => [
      axis.instant(ms),
      ...(hasPhases ? [phaseNameAt(phases, ms)] : []),
      ...series.map((column) =>
        perRow === 1 ? formatSample(column, i, unit) : formatSpan(column.values.slice(i, i + perRow), unit),
      ),
      ...(marks ? [marksAt(marks, atMs.slice(i, i + perRow))] : []),
    ]),
  };
}

/** Formats a value, followed by its bounds if it has any. */
function formatSample({ values, bounds }: ChartSeries, index: number, unit: FigureUnit): string {
  const [value, low, high] = [values, bounds?.low, bounds?.high].map((column) => column?.[index] ?? null);
  return formatReading({ value: value ?? null, low: low ?? null, high: high ?? null }, unit);
}

const marksAt = (marks: NonNullable<TimeChart['marks']>, atMs: readonly number[]): string =>
  marks
    .filter((mark) => atMs.includes(mark.atMs))
    .map(({ text }) => text)
    .join(', ');

function formatSpan(values: SeriesValues, unit: FigureUnit): string {
  const { min = null, max = null } = columnsExtent([values]) ?? {};
  const [low, high] = [formatValue(min, unit), formatValue(max, unit)];
  return low === high ? low : `${low} to ${high}`;
}

function percentileValues({ series }: PercentileChart): Omit<Table, 'caption'> {
  const quantiles = [...new Set(series.flatMap(({ points }) => points.map(({ q }) => q)))].sort((a, b) => a - b);
  return {
    columns: [...numberColumns('percentile', ...series.map(({ name }) => name))],
    rows: quantiles.map((q) => [
      percentileName(q),
      ...series.map(({ points }) => formatValue(points.find((point) => point.q === q)?.ms ?? null, 'ms')),
    ]),
  };
}

function histogramValues({ buckets }: HistogramChart): Omit<Table, 'caption'> {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  return {
    columns: numberColumns('from', 'to', 'values', 'share'),
    rows: buckets.map(({ fromMs, toMs, count }) => [
      formatValue(fromMs, 'ms'),
      formatValue(toMs, 'ms'),
      formatCount(count),
      formatShare(count, total),
    ]),
  };
}

function funnelValues(chart: FunnelChart): Omit<Table, 'caption'> {
  return {
    columns: [{ title: 'step' }, ...numberColumns('entered', 'succeeded', 'failed', 'did not reach this step')],
    rows: dropOff(chart).map(({ name, observable, entered, succeeded, failed, missing }) =>
      observable
        ? [name, ...[entered, succeeded, failed, missing].map(formatCount)]
        : [name, 'not observable', '', '', ''],
    ),
  };
}
