import { formatCount, formatValue } from '../../../../lib/core/numbers/index.ts';
import type { HistogramChart } from '../../report-document.ts';
import { html, type Markup } from '../markup.ts';
import { axisUnit, positionInRange, valueRange, valueTicks } from './axis.ts';
import { type AxisMark, plot, svgPercent, withMinorMarks } from './plot.ts';

const MAX_LABELS = 10;

/** The width of a bar, as a share of the distance between two bars. */
const BAR_WIDTH = 0.86;

/**
 * Draws one bar per bucket. All bars have the same width, although buckets for long durations are wider: on a linear
 * axis, most bars would be too narrow to see.
 */
export function histogramPlot({ buckets }: HistogramChart): Markup {
  const unit = axisUnit('count', 0);
  const maxCount = Math.max(0, ...buckets.map(({ count }) => count));
  const values = valueRange({ min: 0, max: maxCount }, 'count', unit);
  const width = 1 / Math.max(1, buckets.length);
  return plot({
    label: description(buckets),
    x: withMinorMarks(bounds(buckets)),
    y: valueTicks(values, unit).map(({ value, label }) => ({
      position: positionInRange(value, values),
      label,
    })),
    paths: [],
    inFront: html`<g class="bars">${buckets.map(({ count }, i) => {
      const height = positionInRange(count, values);
      const x = svgPercent((i + (1 - BAR_WIDTH) / 2) * width);
      return html`<rect x="${x}" y="${svgPercent(1 - height)}" width="${svgPercent(width * BAR_WIDTH)}" height="${svgPercent(height)}"/>`;
    })}</g>`,
  });
}

type Buckets = HistogramChart['buckets'];

/** Returns labels for the durations at the edges of the bars, as many as fit. */
function bounds(buckets: Buckets): AxisMark[] {
  const edges = [...buckets.map(({ fromMs }) => fromMs), ...buckets.slice(-1).map(({ toMs }) => toMs)];
  const step = Math.ceil(edges.length / MAX_LABELS);
  return edges.flatMap((ms, i) =>
    i % step === 0 ? [{ position: i / buckets.length, label: formatValue(ms, 'ms') }] : [],
  );
}

function description(buckets: Buckets): string {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const fullest = buckets.reduce<Buckets[number] | null>(
    (largest, bucket) => (largest && largest.count >= bucket.count ? largest : bucket),
    null,
  );
  if (!fullest || total === 0) return 'Bar chart without values.';
  return `Bar chart of ${formatCount(total)} values. The largest bucket, with ${formatValue(fullest.count / total, 'fraction')}, is ${formatValue(fullest.fromMs, 'ms')} to ${formatValue(fullest.toMs, 'ms')}.`;
}
