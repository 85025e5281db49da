import type { TimeChart } from '../../document.ts';
import { formatClock, formatValue } from '../../format.ts';
import { html, type Markup } from '../markup.ts';
import { type Range, shareOf, timeTicks, valueRange, valueTicks } from './axis.ts';
import { namePlace, placedPhases } from './phases.ts';
import { areaPath, colourOf, linePath, type Point, percent, plot, stroke, thinned } from './plot.ts';
import { type Drawn, drawn, extent, lookOf, timeUnit, type Values } from './series.ts';

const TIME_TICKS = 9;

/** @param time what the plot is as wide as, so that charts of one run stand exactly below each other */
export function timePlot(chart: TimeChart, time: Range): Markup {
  const edges = drawn(chart.series);
  const unit = timeUnit(chart);
  const values = valueRange(extent(edges.map(({ upper }) => upper)), chart.unit, unit);
  const at = (column: Values) =>
    column.map((value, i): Point | null =>
      value === null ? null : { x: shareOf(chart.atMs[i] as number, time), y: shareOf(value, values) },
    );
  return html`${phaseNames(chart, time)}${plot({
    label: description(chart, time),
    x: thinned(timeTicks(time, TIME_TICKS).map(({ value, label }) => ({ at: shareOf(value, time), label }))),
    y: valueTicks(values, unit).map(({ value, label }) => ({ at: shareOf(value, values), label })),
    behind: phaseBands(chart, time),
    paths: edges.map((edge, i) => seriesPaths(edge, i, at)),
  })}`;
}

function seriesPaths(
  { upper, lower }: Drawn,
  index: number,
  at: (column: Values) => (Point | null)[],
): Markup {
  const look = lookOf(index);
  const line = at(upper);
  const ground = lower && at(lower);
  const area = ground?.map((point, i) => {
    const top = line[i];
    return point && top ? { upper: top, lower: point } : null;
  });
  return html`${
    area ? html`<path class="area" style="${colourOf(look)}" d="${areaPath(area)}"/>` : null
  }${stroke(linePath(line), look)}`;
}

function phaseBands({ phases }: TimeChart, time: Range): Markup {
  return html`<g class="bands">${placedPhases(phases, time)
    .filter(({ shaded }) => shaded)
    .map(
      ({ left, width }) => html`<rect x="${percent(left)}" width="${percent(width)}" height="100%"/>`,
    )}</g>`;
}

function phaseNames({ phases }: TimeChart, time: Range): Markup {
  const placed = placedPhases(phases, time);
  return html`<div class="phases">${placed.map(
    ({ name }, i) => html`<span title="${name}" style="${namePlace(placed, i)}">${name}</span>`,
  )}</div>`;
}

function description({ unit, series }: TimeChart, time: Range): string {
  const spans = series.map(({ name, values }) => {
    const span = extent([values]);
    return `${name}: ${span ? `${formatValue(span.min, unit)} to ${formatValue(span.max, unit)}` : 'no values'}`;
  });
  return `Line chart from ${formatClock(time.min)} to ${formatClock(time.max)}. ${spans.join('; ')}.`;
}
