import { formatValue, percentileName } from '../../../../lib/core/numbers/index.ts';
import type { PercentileChart } from '../../report-document.ts';
import { html, type Markup } from '../markup.ts';
import { type AxisRange, type AxisUnit, axisUnit, positionInRange, valueRange, valueTicks } from './axis.ts';
import { type AxisMark, linePath, plot, strokeMarkup, svgPercent } from './plot.ts';
import { columnsExtent, seriesStyle } from './series.ts';

/**
 * Where a percentile lies on an axis that gives every further nine the same room: 0 for 0, 1 for 0.9, 2 for 0.99.
 * The maximum lies nowhere: it is infinitely far away.
 */
export const tailPosition = (q: number): number => -Math.log10(1 - q);

/**
 * The chart without what has no place on its axis. Where fewer than ten samples are left, one further nine leaves
 * fewer than one.
 */
function inSight(chart: PercentileChart): PercentileChart {
  const last = tailPosition(chart.sparseFromQ) + 1;
  const isSeen = ({ q }: { q: number }) => q < 1 && tailPosition(q) <= last;
  const series = chart.series.map(({ name, points }) => ({ name, points: points.filter(isSeen) }));
  return { ...chart, series };
}

function axisOf({ series }: PercentileChart): AxisRange {
  const positions = series.flatMap(({ points }) => points.map(({ q }) => tailPosition(q)));
  return { min: 0, max: Math.max(1, ...positions) };
}

const durations = ({ series }: PercentileChart): AxisRange | null =>
  columnsExtent(series.map(({ points }) => points.map(({ ms }) => ms)));

const MARKS: readonly { q: number; minor?: boolean }[] = [
  { q: 0, minor: true },
  { q: 0.5 },
  { q: 0.75, minor: true },
  { q: 0.9 },
  { q: 0.95, minor: true },
  ...[0.99, 0.999, 0.9999, 0.99999, 0.999999, 0.9999999].map((q) => ({ q })),
];

export const percentileUnit = (chart: PercentileChart): AxisUnit =>
  axisUnit('ms', durations(inSight(chart))?.max ?? 0);

export function percentilePlot(chart: PercentileChart): Markup {
  const seen = inSight(chart);
  const axis = axisOf(seen);
  const unit = percentileUnit(chart);
  const values = valueRange(durations(seen), 'ms', unit);
  const positionOf = (q: number) => positionInRange(tailPosition(q), axis);
  const thinFrom = Math.max(0, positionOf(chart.sparseFromQ));
  const isThin = thinFrom < 1;
  return plot({
    label: `${description(seen)}${isThin ? ` From ${percentileName(chart.sparseFromQ)} on ${THIN}.` : ''}`,
    x: MARKS.map(
      ({ q, minor = false }): AxisMark => ({ at: positionOf(q), label: percentileName(q), minor }),
    ).filter(({ at }) => at <= 1),
    y: valueTicks(values, unit).map(({ value, label }) => ({ at: positionInRange(value, values), label })),
    behind: isThin ? thinPart(thinFrom) : null,
    paths: seen.series.map(({ points }, i) =>
      strokeMarkup(
        linePath(points.map(({ q, ms }) => ({ x: positionOf(q), y: positionInRange(ms, values) }))),
        seriesStyle(i),
      ),
    ),
    inFront: isThin ? thinVeil(thinFrom) : null,
  });
}

const THIN = 'fewer than 10 samples';

const thinPart = (from: number): Markup =>
  html`<rect class="thin" x="${svgPercent(from)}" width="${svgPercent(1 - from)}" height="100%"/>`;

/** Lies over the lines and takes their strength away. */
const thinVeil = (from: number): Markup =>
  html`<rect class="veil" x="${svgPercent(from)}" width="${svgPercent(1 - from)}" height="100%"/>
<line class="edge" x1="${svgPercent(from)}" x2="${svgPercent(from)}" y2="100%"/>
<text class="note" x="100%" y="100%" dx="-8" dy="-8">${THIN}</text>`;

function description({ series }: PercentileChart): string {
  const spans = series.map(({ name, points }) => {
    const ends = [...points.slice(0, 1), ...points.slice(-1)];
    const told = ends.map(({ q, ms }) => `${percentileName(q)} ${formatValue(ms, 'ms')}`).join(' to ');
    return `${name}: ${told || 'no values'}`;
  });
  return `Response time by percentile. ${spans.join('; ')}.`;
}
