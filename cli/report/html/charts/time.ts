import type { Phase } from '../../../../lib/core/definition/index.ts';
import { formatValue } from '../../../../lib/core/numbers/index.ts';
import type { TimeChart } from '../../report-document.ts';
import { html, type Markup } from '../markup.ts';
import { type AxisRange, positionInRange, timeAxisOf, valueRange, valueTicks } from './axis.ts';
import {
  areaPath,
  barsPath,
  type ChartPoint,
  colorStyle,
  dotsMarkup,
  dotsPath,
  linePath,
  plot,
  stepPath,
  strokeMarkup,
  svgPercent,
  withMinorMarks,
} from './plot.ts';
import {
  type ChartSeries,
  columnsExtent,
  type SeriesEdges,
  type SeriesValues,
  seriesEdges,
  seriesExtent,
  seriesStyle,
  valueAxisUnit,
} from './series.ts';

const TIME_TICKS = 9;

/** A chart over the time in sight, and what marks an instant on it. */
export interface TimeView {
  picture: Markup;
  cursorAt(ms: number): Markup;
}

/** @param time what the plot is as wide as, so that charts of one run stand exactly below each other */
export function timeView(chart: TimeChart, time: AxisRange): TimeView {
  const { atMs, series } = inSight(chart, time);
  const edges = seriesEdges(series);
  const unit = valueAxisUnit(chart);
  const values = valueRange(seriesExtent(series), chart.unit, unit);
  const place = (value: number | null | undefined, i: number): ChartPoint | null =>
    value == null ? null : { x: positionInRange(atMs[i] as number, time), y: positionInRange(value, values) };
  const picture = html`${phaseNames(chart, time)}${plot({
    label: description(chart, time),
    x: withMinorMarks(
      timeAxisOf(chart)
        .ticks(time, TIME_TICKS)
        .map(({ value, label }) => ({ at: positionInRange(value, time), label })),
    ),
    y: valueTicks(values, unit).map(({ value, label }) => ({ at: positionInRange(value, values), label })),
    behind: html`${phaseBands(chart, time)}${marks(chart, time)}`,
    paths: edges.map((edge, i) =>
      seriesPaths(series[i] as ChartSeries, edge, i, (column) => column.map(place)),
    ),
  })}`;
  return {
    picture,
    cursorAt(ms) {
      const sample = nearestIndex(atMs, ms);
      const points = edges.map(({ upper }) => place(upper[sample], sample));
      const x = svgPercent(positionInRange(ms, time));
      return html`<line x1="${x}" x2="${x}" y2="100%"/>${points.map((point, i) =>
        point && point.x >= 0 && point.x <= 1
          ? html`<circle style="${colorStyle(seriesStyle(i))}" cx="${svgPercent(point.x)}" cy="${svgPercent(1 - point.y)}" r="4.5"/>`
          : null,
      )}`;
    },
  };
}

/** The samples within a time, and the next on either side: lines lead there. */
function inSight({ atMs, series }: TimeChart, { min, max }: AxisRange): Pick<TimeChart, 'atMs' | 'series'> {
  const after = atMs.findIndex((ms) => ms >= min);
  const from = Math.max(0, (after < 0 ? atMs.length : after) - 1);
  const to = atMs.findLastIndex((ms) => ms <= max) + 2;
  return {
    atMs: atMs.slice(from, to),
    series: series.map(({ values, bounds, ...rest }) => ({
      ...rest,
      values: values.slice(from, to),
      ...(bounds && { bounds: { low: bounds.low.slice(from, to), high: bounds.high.slice(from, to) } }),
    })),
  };
}

/** The index of the sample that is nearest to an instant. */
export function nearestIndex(atMs: readonly number[], ms: number): number {
  const after = atMs.findIndex((at) => at >= ms);
  if (after < 0) return atMs.length - 1;
  const before = atMs[after - 1];
  return before !== undefined && ms - before < (atMs[after] as number) - ms ? after - 1 : after;
}

function seriesPaths(
  { style, bounds }: ChartSeries,
  { upper, lower }: SeriesEdges,
  index: number,
  at: (column: SeriesValues) => (ChartPoint | null)[],
): Markup {
  const look = seriesStyle(index);
  const line = at(upper);
  if (style === 'points')
    return html`${bounds ? boundsPath(at(bounds.low), at(bounds.high), index) : null}${dotsMarkup(dotsPath(line), look)}`;
  const ground = lower && at(lower);
  const area = ground?.map((point, i) => {
    const top = line[i];
    return point && top ? { upper: top, lower: point } : null;
  });
  return html`${
    area ? html`<path class="area" style="${colorStyle(look)}" d="${areaPath(area)}"/>` : null
  }${strokeMarkup(style === 'steps' ? stepPath(line) : linePath(line), look)}`;
}

function boundsPath(
  low: readonly (ChartPoint | null)[],
  high: readonly (ChartPoint | null)[],
  index: number,
): Markup {
  const ends = low.map((point, i) => (point && high[i] ? ([point, high[i]] as const) : null));
  return html`<path class="bounds" style="${colorStyle(seriesStyle(index))}" d="${barsPath(ends)}"/>`;
}

/** Instants that stand out, from the top to the bottom. */
function marks({ marks = [] }: TimeChart, time: AxisRange): Markup {
  const seen = marks.filter(({ atMs }) => time.min <= atMs && atMs <= time.max);
  return html`<g class="marks">${seen.map(({ atMs, text, tone }) => {
    const x = svgPercent(positionInRange(atMs, time));
    return html`<line class="${tone}" x1="${x}" x2="${x}" y2="100%"><title>${text}</title></line>`;
  })}</g>`;
}

interface PlacedPhase {
  name: string;
  /** Shares of the width. */
  left: number;
  width: number;
  /** Every other one, so that neighbours are told apart. */
  shaded: boolean;
}

/** The phases that are in sight at that time, or the parts of them. */
export function placedPhases(phases: readonly Phase[], time: AxisRange): PlacedPhase[] {
  return phases
    .map(({ name, startMs, endMs }, i) => {
      const left = Math.max(0, positionInRange(startMs, time));
      return { name, left, width: Math.min(1, positionInRange(endMs, time)) - left, shaded: i % 2 === 0 };
    })
    .filter(({ width }) => width > 0);
}

/**
 * The place of a phase's name above a plot, for the style sheet: its own width, and how far it may reach over its
 * neighbour where names stand on two lines.
 */
export function phaseNameStyle(phases: readonly PlacedPhase[], index: number): string {
  const { left, width } = phases[index] as PlacedPhase;
  const neighbour = phases[index + 1] ?? phases[index - 1];
  return `--left: ${svgPercent(left)}; --width: ${svgPercent(width)}; --reach: ${svgPercent(width + (neighbour?.width ?? 0))}`;
}

function phaseBands({ phases }: TimeChart, time: AxisRange): Markup {
  return html`<g class="bands">${placedPhases(phases, time)
    .filter(({ shaded }) => shaded)
    .map(
      ({ left, width }) => html`<rect x="${svgPercent(left)}" width="${svgPercent(width)}" height="100%"/>`,
    )}</g>`;
}

function phaseNames({ phases }: TimeChart, time: AxisRange): Markup {
  const placed = placedPhases(phases, time);
  return html`<div class="phases">${placed.map(
    ({ name }, i) => html`<span title="${name}" style="${phaseNameStyle(placed, i)}">${name}</span>`,
  )}</div>`;
}

function description(chart: TimeChart, time: AxisRange): string {
  const { unit, series, marks = [] } = chart;
  const axis = timeAxisOf(chart);
  const spans = series.map(({ name, values }) => {
    const span = columnsExtent([values]);
    return `${name}: ${span ? `${formatValue(span.min, unit)} to ${formatValue(span.max, unit)}` : 'no values'}`;
  });
  const told = marks.map(({ atMs, text }) => ` ${axis.instant(atMs)}: ${text}.`);
  return `Line chart from ${axis.instant(time.min)} to ${axis.instant(time.max)}. ${spans.join('; ')}.${told.join('')}`;
}
