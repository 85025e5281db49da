import { formatValue, percentileName } from '../../../../lib/core/numbers/index.ts';
import type { PercentileChart } from '../../report-document.ts';
import { html, type Markup } from '../markup.ts';
import { type AxisRange, type AxisUnit, axisUnit, positionInRange, valueRange, valueTicks } from './axis.ts';
import { type AxisMark, linePath, plot, strokeMarkup, svgPercent } from './plot.ts';
import { columnsExtent, seriesStyle } from './series.ts';

/**
 * Returns the position of a percentile on a logarithmic axis: 0 for 0, 1 for 0.9, 2 for 0.99. The maximum (1) would be
 * at infinity, so charts do not show it.
 */
export const tailPosition = (q: number): number => -Math.log10(1 - q);

/**
 * Returns the chart without points that cannot be shown. Fewer than ten samples are above `sparseFromQ`. One position
 * further on the axis, less than one sample is left, so the chart ends there.
 */
function visiblePart(chart: PercentileChart): PercentileChart {
  const last = tailPosition(chart.sparseFromQ) + 1;
  const isVisible = ({ q }: { q: number }) => q < 1 && tailPosition(q) <= last;
  const series = chart.series.map(({ name, points }) => ({ name, points: points.filter(isVisible) }));
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
  axisUnit('ms', durations(visiblePart(chart))?.max ?? 0);

export function percentilePlot(chart: PercentileChart): Markup {
  const visible = visiblePart(chart);
  const axis = axisOf(visible);
  const unit = percentileUnit(chart);
  const values = valueRange(durations(visible), 'ms', unit);
  const positionOf = (q: number) => positionInRange(tailPosition(q), axis);
  const sparseFrom = Math.max(0, positionOf(chart.sparseFromQ));
  const isSparse = sparseFrom < 1;
  return plot({
    label: `${description(visible)}${isSparse ? ` Above ${percentileName(chart.sparseFromQ)}: ${SPARSE}.` : ''}`,
    x: MARKS.map(
      ({ q, minor = false }): AxisMark => ({ position: positionOf(q), label: percentileName(q), minor }),
    ).filter(({ position }) => position <= 1),
    y: valueTicks(values, unit).map(({ value, label }) => ({
      position: positionInRange(value, values),
      label,
    })),
    behind: isSparse ? sparseArea(sparseFrom) : null,
    paths: visible.series.map(({ points }, i) =>
      strokeMarkup(
        linePath(points.map(({ q, ms }) => ({ x: positionOf(q), y: positionInRange(ms, values) }))),
        seriesStyle(i),
      ),
    ),
    inFront: isSparse ? sparseOverlay(sparseFrom) : null,
  });
}

const SPARSE = 'fewer than 10 samples';

const sparseArea = (from: number): Markup =>
  html`<rect class="sparse" x="${svgPercent(from)}" width="${svgPercent(1 - from)}" height="100%"/>`;

/** Covers the lines in the area with few samples with a half-transparent layer. */
const sparseOverlay = (from: number): Markup =>
  html`<rect class="overlay" x="${svgPercent(from)}" width="${svgPercent(1 - from)}" height="100%"/>
<line class="edge" x1="${svgPercent(from)}" x2="${svgPercent(from)}" y2="100%"/>
<text class="note" x="100%" y="100%" dx="-8" dy="-8">${SPARSE}</text>`;

function description({ series }: PercentileChart): string {
  const spans = series.map(({ name, points }) => {
    const ends = [...points.slice(0, 1), ...points.slice(-1)];
    const endTexts = ends.map(({ q, ms }) => `${percentileName(q)} ${formatValue(ms, 'ms')}`).join(' to ');
    return `${name}: ${endTexts || 'no values'}`;
  });
  return `Response time by percentile. ${spans.join('; ')}.`;
}
