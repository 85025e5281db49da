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

/** The drawing of a time chart for the visible period, and a function that draws the cursor on the chart. */
export interface TimeView {
  picture: Markup;
  cursorAt(ms: number): Markup;
}

/** @param time the period that the plot shows. All charts of a run show the same period, so that they line up. */
export function timeView(chart: TimeChart, time: AxisRange): TimeView {
  const { atMs, series } = visiblePart(chart, time);
  const edges = seriesEdges(series);
  const unit = valueAxisUnit(chart);
  const values = valueRange(seriesExtent(series), chart.unit, unit);
  const pointOf = (value: number | null | undefined, i: number): ChartPoint | null =>
    value == null ? null : { x: positionInRange(atMs[i] as number, time), y: positionInRange(value, values) };
  const picture = html`${phaseNames(chart, time)}${plot({
    label: description(chart, time),
    x: withMinorMarks(
      timeAxisOf(chart)
        .ticks(time, TIME_TICKS)
        .map(({ value, label }) => ({ position: positionInRange(value, time), label })),
    ),
    y: valueTicks(values, unit).map(({ value, label }) => ({
      position: positionInRange(value, values),
      label,
    })),
    behind: html`${phaseBands(chart, time)}${marks(chart, time)}`,
    paths: edges.map((edge, i) => seriesPaths(series[i] as ChartSeries, edge, i, (column) => column.map(pointOf))),
  })}`;
  return {
    picture,
    cursorAt(ms) {
      const sample = nearestIndex(atMs, ms);
      const points = edges.map(({ upper }) => pointOf(upper[sample], sample));
      const x = svgPercent(positionInRange(ms, time));
      return html`<line x1="${x}" x2="${x}" y2="100%"/>${points.map((point, i) =>
        point && point.x >= 0 && point.x <= 1
          ? html`<circle style="${colorStyle(seriesStyle(i))}" cx="${svgPercent(point.x)}" cy="${svgPercent(1 - point.y)}" r="4.5"/>`
          : null,
      )}`;
    },
  };
}

/** Returns the samples within a period, and one more sample on each side, so that lines continue to the edges. */
function visiblePart({ atMs, series }: TimeChart, { min, max }: AxisRange): Pick<TimeChart, 'atMs' | 'series'> {
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

/** Returns the index of the sample nearest to a point in time, or -1 if there are no samples. */
export function nearestIndex(atMs: readonly number[], ms: number): number {
  const after = atMs.findIndex((sampleMs) => sampleMs >= ms);
  if (after < 0) return atMs.length - 1;
  const before = atMs[after - 1];
  return before !== undefined && ms - before < (atMs[after] as number) - ms ? after - 1 : after;
}

function seriesPaths(
  { style, bounds }: ChartSeries,
  { upper, lower }: SeriesEdges,
  index: number,
  pointsOf: (column: SeriesValues) => (ChartPoint | null)[],
): Markup {
  const look = seriesStyle(index);
  const line = pointsOf(upper);
  if (style === 'points')
    return html`${bounds ? boundsPath(pointsOf(bounds.low), pointsOf(bounds.high), index) : null}${dotsMarkup(dotsPath(line), look)}`;
  const baseline = lower && pointsOf(lower);
  const area = baseline?.map((point, i) => {
    const top = line[i];
    return point && top ? { upper: top, lower: point } : null;
  });
  return html`${
    area ? html`<path class="area" style="${colorStyle(look)}" d="${areaPath(area)}"/>` : null
  }${strokeMarkup(style === 'steps' ? stepPath(line) : linePath(line), look)}`;
}

function boundsPath(low: readonly (ChartPoint | null)[], high: readonly (ChartPoint | null)[], index: number): Markup {
  const ends = low.map((point, i) => (point && high[i] ? ([point, high[i]] as const) : null));
  return html`<path class="bounds" style="${colorStyle(seriesStyle(index))}" d="${barsPath(ends)}"/>`;
}

/** Draws a vertical line at each highlighted instant. */
function marks({ marks = [] }: TimeChart, time: AxisRange): Markup {
  const visible = marks.filter(({ atMs }) => time.min <= atMs && atMs <= time.max);
  return html`<g class="marks">${visible.map(({ atMs, text, tone }) => {
    const x = svgPercent(positionInRange(atMs, time));
    return html`<line class="${tone}" x1="${x}" x2="${x}" y2="100%"><title>${text}</title></line>`;
  })}</g>`;
}

interface PlacedPhase {
  name: string;
  /** The distance from the left edge of the plot, as a share of the plot's width. */
  left: number;
  width: number;
  /** True for every second phase, so that neighboring phases look different. */
  shaded: boolean;
}

/** Returns the phases that are visible in a period. A phase that is only partly visible is cut off at the edge. */
export function placedPhases(phases: readonly Phase[], time: AxisRange): PlacedPhase[] {
  return phases
    .map(({ name, startMs, endMs }, i) => {
      const left = Math.max(0, positionInRange(startMs, time));
      return { name, left, width: Math.min(1, positionInRange(endMs, time)) - left, shaded: i % 2 === 0 };
    })
    .filter(({ width }) => width > 0);
}

/**
 * Returns CSS variables for the name of a phase above the plot: its position, the width of its phase, and how far the
 * name may extend over the neighboring phase. The name may do so because names alternate between two lines.
 */
export function phaseNameStyle(phases: readonly PlacedPhase[], index: number): string {
  const { left, width } = phases[index] as PlacedPhase;
  const neighbor = phases[index + 1] ?? phases[index - 1];
  return `--left: ${svgPercent(left)}; --width: ${svgPercent(width)}; --reach: ${svgPercent(width + (neighbor?.width ?? 0))}`;
}

function phaseBands({ phases }: TimeChart, time: AxisRange): Markup {
  return html`<g class="bands">${placedPhases(phases, time)
    .filter(({ shaded }) => shaded)
    .map(({ left, width }) => html`<rect x="${svgPercent(left)}" width="${svgPercent(width)}" height="100%"/>`)}</g>`;
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
  const markTexts = marks.map(({ atMs, text }) => ` ${axis.instant(atMs)}: ${text}.`);
  return `Line chart from ${axis.instant(time.min)} to ${axis.instant(time.max)}. ${spans.join('; ')}.${markTexts.join('')}`;
}
