import type { Result, Trend } from '../../../lib/core/evidence/index.ts';
import { PERCENTILES } from '../../../lib/core/metrics/index.ts';
import {
  downscale,
  formatCount,
  formatMs,
  formatValue,
  type Histogram,
  percentileName,
  quantile,
} from '../../../lib/core/numbers/index.ts';
import { absentBlock, numberColumns, section, tableBlock, textBlock } from '../block-builders.ts';
import type { Block, HistogramChart, PercentileChart, Section } from '../report-document.ts';

/** How response times are spread: by percentile, and by how many fell into which range. */
export function distributionSection({ totals: { durationMs } }: Result): Section {
  return section(
    'distribution',
    'Distribution of response times',
    durationMs.count === 0
      ? absentBlock('No request was answered.')
      : [...percentileBlocks(durationMs), ...histogramBlocks(durationMs.histogram)],
  );
}

/** Fewer samples than this above a percentile, and its value is one or two requests' luck. */
const FEWEST_ABOVE = 10;

/** From this percentile on, fewer samples than that lie above. */
export const sparseFromQ = (count: number): number => Math.max(0, 1 - FEWEST_ABOVE / count);

function percentileBlocks(trend: Trend): Block[] {
  const { count } = trend;
  const thinFromQ = sparseFromQ(count);
  const names = Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[];
  return [
    {
      kind: 'chart',
      type: 'percentiles',
      id: 'percentiles',
      title: 'Response time by percentile',
      series: [{ name: 'all requests', points: curve(trend) }],
      sparseFromQ: thinFromQ,
    },
    tableBlock(
      'Percentiles',
      ['Percentile', ...numberColumns('Response time', 'Samples above')],
      [
        ['shortest', formatMs(trend.min), formatCount(count - 1)],
        ...names.map((name) => [
          percentileName(PERCENTILES[name]),
          formatMs(trend[name]),
          Math.round(count * (1 - PERCENTILES[name])),
        ]),
        ['longest', formatMs(trend.max), formatCount(0)],
      ],
    ),
    textBlock(
      `Above ${percentileName(thinFromQ)} there are fewer than ${FEWEST_ABOVE} samples of ${formatCount(count)}.`,
    ),
  ];
}

/** Percentiles of the curve between those that every trend has. */
const BETWEEN = [0.05, 0.15, 0.2, 0.3, 0.35, 0.4, 0.45, 0.55, 0.6, 0.65, 0.7, 0.8, 0.85, 0.925, 0.97, 0.98];
const TAIL = [0.995, 0.998, 0.9995, 0.9998, 0.9999, 0.99995, 0.99999];

/** Between exact values those of the histogram, which is off by a bucket and must not leave what is exact. */
function curve(trend: Trend): PercentileChart['series'][number]['points'] {
  const exact = [
    { q: 0, ms: trend.min },
    ...Object.entries(PERCENTILES).map(([name, q]) => ({ q, ms: trend[name as keyof typeof PERCENTILES] })),
    { q: 1, ms: trend.max },
  ];
  const { histogram } = trend;
  if (!histogram) return exact;
  const between = [...BETWEEN, ...TAIL].map((q) => {
    const low = exact.findLast((point) => point.q < q)?.ms ?? trend.min;
    const high = exact.find((point) => point.q > q)?.ms ?? trend.max;
    return { q, ms: Math.min(high, Math.max(low, quantile(histogram, q))) };
  });
  return [...exact, ...between].sort((a, b) => a.q - b.q);
}

const MOST_ROWS = 14;
const MOST_BARS = 60;

function histogramBlocks(histogram: Histogram | null): Block[] {
  if (!histogram) return [absentBlock('There is no histogram: the telemetry of these requests was lost.')];
  return [
    {
      kind: 'chart',
      type: 'histogram',
      id: 'histogram',
      title: 'Requests by response time',
      buckets: bucketsOf(histogram, MOST_BARS),
    },
    tableBlock(
      'Histogram',
      ['Response time', ...numberColumns('Requests', 'Share')],
      bucketsOf(histogram, MOST_ROWS).map(({ fromMs, toMs, count }) => [
        `${formatMs(fromMs)} to ${formatMs(toMs)}`,
        count,
        formatValue(count / histogram.count, 'fraction'),
      ]),
    ),
  ];
}

/** As fine as at most so many buckets allow. Counts are exact: buckets of the histogram are merged, never cut. */
function bucketsOf(histogram: Histogram, atMost: number): HistogramChart['buckets'] {
  let coarse = histogram;
  while (coarse.counts.length > atMost) coarse = downscale(coarse, coarse.scale - 1);
  const bound = (index: number) => 2 ** (index * 2 ** -coarse.scale);
  return [
    ...(coarse.zeroCount > 0 ? [{ fromMs: 0, toMs: 0, count: coarse.zeroCount }] : []),
    ...coarse.counts.map((count, i) => ({
      fromMs: bound(coarse.offset + i),
      toMs: bound(coarse.offset + i + 1),
      count,
    })),
  ];
}
