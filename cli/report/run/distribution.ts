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

/** Builds the section about response times: a table of percentiles and a histogram. */
export function distributionSection({ totals: { responseTimeMs } }: Result): Section {
  return section(
    'distribution',
    'Response times',
    responseTimeMs.count === 0
      ? absentBlock('No request got a response.')
      : [...percentileBlocks(responseTimeMs), ...histogramBlocks(responseTimeMs.histogram)],
  );
}

/** If fewer samples than this are above a percentile, too few requests determine its value. */
const MIN_SAMPLES_ABOVE = 10;

/** Returns the percentile (0 to 1) above which fewer than 10 of `count` samples are left. */
export const sparseFromQ = (count: number): number => Math.max(0, 1 - MIN_SAMPLES_ABOVE / count);

function percentileBlocks(trend: Trend): Block[] {
  const { count } = trend;
  const sparseFrom = sparseFromQ(count);
  const names = Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[];
  return [
    {
      kind: 'chart',
      type: 'percentiles',
      id: 'percentiles',
      title: 'Response time by percentile',
      series: [{ name: 'all requests', points: curve(trend) }],
      sparseFromQ: sparseFrom,
    },
    tableBlock(
      'Percentiles',
      ['Percentile', ...numberColumns('Response time', 'Samples above')],
      [
        ['min', formatMs(trend.min), formatCount(count - 1)],
        ...names.map((name) => [
          percentileName(PERCENTILES[name]),
          formatMs(trend[name]),
          Math.round(count * (1 - PERCENTILES[name])),
        ]),
        ['max', formatMs(trend.max), formatCount(0)],
      ],
    ),
    textBlock(
      `Fewer than ${MIN_SAMPLES_ABOVE} of ${formatCount(count)} samples are above ${percentileName(sparseFrom)}.`,
    ),
  ];
}

/** Percentiles that the chart shows in addition to the exact percentiles of a trend. */
const BETWEEN = [0.05, 0.15, 0.2, 0.3, 0.35, 0.4, 0.45, 0.55, 0.6, 0.65, 0.7, 0.8, 0.85, 0.925, 0.97, 0.98];
const TAIL = [0.995, 0.998, 0.9995, 0.9998, 0.9999, 0.99995, 0.99999];

/**
 * Returns the points of the percentile chart: the exact percentiles of a trend, and more percentiles from its
 * histogram. A percentile from the histogram can be wrong by up to one bucket, so it is limited to the range between
 * the exact values around it.
 */
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

const MAX_ROWS = 14;
const MAX_BARS = 60;

function histogramBlocks(histogram: Histogram | null): Block[] {
  if (!histogram) return [absentBlock('There is no histogram, because the telemetry of the requests was lost.')];
  return [
    {
      kind: 'chart',
      type: 'histogram',
      id: 'histogram',
      title: 'Requests by response time',
      buckets: bucketsOf(histogram, MAX_BARS),
    },
    tableBlock(
      'Histogram',
      ['Response time', ...numberColumns('Requests', 'Share')],
      bucketsOf(histogram, MAX_ROWS).map(({ fromMs, toMs, count }) => [
        `${formatMs(fromMs)} to ${formatMs(toMs)}`,
        count,
        formatValue(count / histogram.count, 'fraction'),
      ]),
    ),
  ];
}

/** Merges neighboring buckets until at most `maxBuckets` are left. The count of a merged bucket is exact. */
function bucketsOf(histogram: Histogram, maxBuckets: number): HistogramChart['buckets'] {
  let coarse = histogram;
  while (coarse.counts.length > maxBuckets) coarse = downscale(coarse, coarse.scale - 1);
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
