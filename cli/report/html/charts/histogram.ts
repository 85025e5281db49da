import { formatCount, formatValue } from '../../../../lib/core/numbers/index.ts';
import type { HistogramChart } from '../../report-document.ts';
import { html, type Markup } from '../markup.ts';
import { axisUnit, positionInRange, valueRange, valueTicks } from './axis.ts';
import { type AxisMark, plot, svgPercent, withMinorMarks } from './plot.ts';

const MOST_LABELS = 10;

/** Of the width that a bar has. */
const BAR = 0.86;

/**
 * One bar a bucket, all of the same width whatever their bounds: buckets of durations grow with the duration, and
 * on an even axis most would be too narrow to see.
 */
export function histogramPlot({ buckets }: HistogramChart): Markup {
  const unit = axisUnit('count', 0);
  const most = Math.max(0, ...buckets.map(({ count }) => count));
  const values = valueRange({ min: 0, max: most }, 'count', unit);
  const width = 1 / Math.max(1, buckets.length);
  return plot({
    label: description(buckets),
    x: withMinorMarks(bounds(buckets)),
    y: valueTicks(values, unit).map(({ value, label }) => ({ at: positionInRange(value, values), label })),
    paths: [],
    inFront: html`<g class="bars">${buckets.map(({ count }, i) => {
      const height = positionInRange(count, values);
      const x = svgPercent((i + (1 - BAR) / 2) * width);
      return html`<rect x="${x}" y="${svgPercent(1 - height)}" width="${svgPercent(width * BAR)}" height="${svgPercent(height)}"/>`;
    })}</g>`,
  });
}

type Buckets = HistogramChart['buckets'];

/** The bounds between bars, as many of them as can be read. */
function bounds(buckets: Buckets): AxisMark[] {
  const all = [...buckets.map(({ fromMs }) => fromMs), ...buckets.slice(-1).map(({ toMs }) => toMs)];
  const every = Math.ceil(all.length / MOST_LABELS);
  return all.flatMap((ms, i) =>
    i % every === 0 ? [{ at: i / buckets.length, label: formatValue(ms, 'ms') }] : [],
  );
}

function description(buckets: Buckets): string {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const fullest = buckets.reduce<Buckets[number] | null>(
    (best, bucket) => (best && best.count >= bucket.count ? best : bucket),
    null,
  );
  if (!fullest || total === 0) return 'Bar chart without values.';
  return `Bar chart of ${formatCount(total)} values. Most, ${formatValue(fullest.count / total, 'fraction')}, lie from ${formatValue(fullest.fromMs, 'ms')} to ${formatValue(fullest.toMs, 'ms')}.`;
}
