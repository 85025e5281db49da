import type { CriterionScope, MeasureKind, MeasureOf } from '../../definition/index.ts';
import type { Evidence, Trend } from '../../evidence/index.ts';
import { PERCENTILES } from '../../metrics/index.ts';
import {
  emptyHistogram,
  fitLine,
  formatPercent,
  type Histogram,
  type Interval,
  MIN_POINTS,
  meanInterval,
  mergeHistograms,
  percentileInterval,
  quantile,
  ratioInterval,
  relativeError,
  slopeInterval,
  sum,
  wilsonInterval,
} from '../../numbers/index.ts';

/** A value with its uncertainty; a null value is no data, and the note says why. */
export interface Measurement {
  value: number | null;
  interval: Interval | null;
  samples: number;
  /** A count of what has happened: with more samples it stays or grows. */
  onlyGrows?: boolean;
  note?: string;
}

/** What histograms or windows tell of a value. */
interface Estimate {
  value: number;
  interval: Interval;
  samples: number;
}

/** How one kind is measured, within the scope of its criterion. */
export type MeasureFunction<K extends MeasureKind> = (
  evidence: Evidence,
  measure: MeasureOf<K>,
  scope: CriterionScope,
) => Measurement;

export const noData = (note: string): Measurement => ({ value: null, interval: null, samples: 0, note });

/** What is counted is what it is: there is nothing to estimate. */
export function exactMeasurement(value: number, samples: number): Measurement {
  return samples === 0 ? noData('no samples') : { value, interval: { low: value, high: value }, samples };
}

export const growingCount = (count: number, samples: number): Measurement => ({
  ...exactMeasurement(count, samples),
  onlyGrows: true,
});

export function rateMeasurement(hits: number, trials: number): Measurement {
  if (trials === 0) return noData('no samples');
  return { value: hits / trials, interval: wilsonInterval(hits, trials), samples: trials };
}

/** A percentile of the samples of all of these together. */
export function percentileMeasurement(evidence: Evidence, trends: readonly Trend[], q: number): Measurement {
  const histogram = merged(trends);
  if (histogram.count === 0) return noData('no samples');
  const measured = {
    value: quantile(histogram, q),
    interval: percentileInterval(histogram, q),
    samples: histogram.count,
  };
  if (!isOfOneSummary(evidence)) return withBucket(measured, relativeError(histogram));
  const [only] = trends;
  const stated = Object.entries(PERCENTILES).find(([, fraction]) => fraction === q)?.[0];
  return trends.length === 1 && only && stated
    ? around(only[stated as keyof typeof PERCENTILES], measured)
    : measured;
}

/** One k6 has seen every sample of the run, and told of them. */
const isOfOneSummary = ({ run, generators }: Evidence) => !run.partial && generators === undefined;

/** Where nobody has seen all samples, a percentile may be off by the width of a bucket, and so may its interval. */
function withBucket({ value, interval, samples }: Estimate, width: number): Measurement {
  return {
    value,
    interval: { low: interval.low / (1 + width), high: interval.high * (1 + width) },
    samples,
    note: `from merged histograms, off by at most ${formatPercent(width)}`,
  };
}

const merged = (trends: readonly Trend[]): Histogram =>
  trends.map(({ histogram }) => histogram ?? emptyHistogram()).reduce(mergeHistograms, emptyHistogram());

/** A mean over all samples of these together, that no windows are kept of. A histogram has the exact sum. */
export function meanFromHistograms(trends: readonly Trend[]): Measurement {
  const histogram = merged(trends);
  const { count, sum } = histogram;
  if (count === 0) return noData('no samples');
  return around(sum / count, { value: sum / count, interval: meanInterval(histogram), samples: count });
}

/**
 * A value that is known better than the windows tell it, with the interval that they give it.
 * @param windows what was counted in each, such as ms; and by what it is divided, such as requests
 */
export function ratioFromWindows(
  value: number,
  samples: number,
  windows: readonly { amount: number; per: number }[],
): Measurement {
  const amounts = windows.map(({ amount }) => amount);
  const pers = windows.map(({ per }) => per);
  const measured = around(value, {
    value: sum(amounts) / sum(pers),
    interval: ratioInterval(amounts, pers),
    samples,
  });
  return windows.length < MIN_POINTS
    ? { ...measured, note: 'too few windows to tell how far it is off' }
    : measured;
}

/** A mean that is known better than the means of windows tell it; a window without any of what it is of says nothing. */
export const meanFromWindows = (
  value: number,
  samples: number,
  windows: readonly { count: number; meanMs: number | null | undefined }[],
): Measurement =>
  ratioFromWindows(
    value,
    samples,
    windows
      .filter(({ count }) => count > 0)
      .map(({ count, meanMs }) => ({ amount: count * (meanMs ?? 0), per: count })),
  );

/**
 * The exact value with the interval of its estimate around it. Both ends are moved by the same factor as the value:
 * the neighbours of a value are off by the same part of a bucket, or of a window. No duration and no rate is below 0.
 */
function around(value: number, { value: estimate, interval, samples }: Estimate): Measurement {
  const { low, high } = scaled(interval, estimate ? value / estimate : 1);
  return { value, interval: { low: Math.max(0, low), high }, samples };
}

const scaled = ({ low, high }: Interval, factor: number): Interval => ({
  low: low * factor,
  high: high * factor,
});

/** The slope of a least-squares line, times a factor. */
export function slopeMeasurement(xs: readonly number[], ys: readonly number[], factor: number): Measurement {
  return {
    value: fitLine(xs, ys).slope * factor,
    interval: scaled(slopeInterval(xs, ys), factor),
    samples: xs.length,
  };
}

export const sumOfField = <Key extends string>(parts: readonly Record<Key, number>[], key: Key): number =>
  sum(parts.map((part) => part[key]));
