import {
  type FigureUnit,
  formatCount,
  formatShare,
  formatValue,
  percentileName,
} from '../../../../lib/core/numbers/index.ts';
import { formatReading } from '../../format.ts';
import type {
  Chart,
  FunnelChart,
  HistogramChart,
  PercentileChart,
  Table,
  TimeChart,
} from '../../report-document.ts';
import { timeAxisOf } from './axis.ts';
import { dropOff } from './funnel.ts';
import { type ChartSeries, columnsExtent, phaseNameAt, type SeriesValues } from './series.ts';

/** The values of a chart as a table: what a chart shows is never told by the picture alone. */
export function chartTable(chart: Chart): Table {
  const every = chart.type === 'time' ? samplesARow(chart) : 1;
  const rows = every > 1 ? `, the lowest and the highest of every ${every} samples` : '';
  return { caption: `Values of “${chart.title}”${rows}`, ...valuesOf(chart) };
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

const numbers = (...titles: string[]) => titles.map((title) => ({ title, align: 'right' as const }));

/** Hours of samples would make a page that no browser opens at once. */
const MOST_ROWS = 400;

const samplesARow = ({ atMs }: TimeChart): number => Math.ceil(atMs.length / MOST_ROWS);

function timeValues(chart: TimeChart): Omit<Table, 'caption'> {
  const { atMs, unit, series, phases, marks } = chart;
  const hasPhases = chart.axis !== 'date';
  const axis = timeAxisOf(chart);
  const every = samplesARow(chart);
  const firsts = atMs.flatMap((ms, i) => (i % every === 0 ? [{ ms, i }] : []));
  return {
    columns: [
      ...numbers('time'),
      ...(hasPhases ? [{ title: 'phase' }] : []),
      ...numbers(...series.map(({ name }) => name)),
      ...(marks ? [{ title: 'note' }] : []),
    ],
    rows: firsts.map(({ ms, i }) => [
      axis.instant(ms),
      ...(hasPhases ? [phaseNameAt(phases, ms)] : []),
      ...series.map((one) =>
        every === 1 ? formatSample(one, i, unit) : formatSpan(one.values.slice(i, i + every), unit),
      ),
      ...(marks ? [marksAt(marks, atMs.slice(i, i + every))] : []),
    ]),
  };
}

/** A value with what is known of how far it is off. */
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
  const all = [...new Set(series.flatMap(({ points }) => points.map(({ q }) => q)))].sort((a, b) => a - b);
  return {
    columns: [...numbers('percentile', ...series.map(({ name }) => name))],
    rows: all.map((q) => [
      percentileName(q),
      ...series.map(({ points }) => formatValue(points.find((point) => point.q === q)?.ms ?? null, 'ms')),
    ]),
  };
}

function histogramValues({ buckets }: HistogramChart): Omit<Table, 'caption'> {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  return {
    columns: numbers('from', 'to', 'values', 'share'),
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
    columns: [{ title: 'step' }, ...numbers('entered', 'succeeded', 'failed', 'did not get here')],
    rows: dropOff(chart).map(({ name, observable, entered, succeeded, failed, missing }) =>
      observable
        ? [name, ...[entered, succeeded, failed, missing].map(formatCount)]
        : [name, 'not observable', '', '', ''],
    ),
  };
}
