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

/** A value with its uncertainty. If there is no data, the value is null and the note explains why. */
export interface Measurement {
  value: number | null;
  interval: Interval | null;
  samples: number;
  /** True for a count of events, which can only grow with more samples. */
  onlyGrows?: boolean;
  note?: string;
}

/** A value estimated from histograms or windows. */
interface Estimate {
  value: number;
  interval: Interval;
  samples: number;
}

/** Measures one kind of criterion within the scope of the criterion. */
export type MeasureFunction<K extends MeasureKind> = (
  evidence: Evidence,
  measure: MeasureOf<K>,
  scope: CriterionScope,
) => Measurement;

export const noData = (note: string): Measurement => ({ value: null, interval: null, samples: 0, note });

/** A value without uncertainty, such as a count. */
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

/** Measures a percentile of the samples of all given trends together. */
export function percentileMeasurement(evidence: Evidence, trends: readonly Trend[], q: number): Measurement {
  const histogram = merged(trends);
  if (histogram.count === 0) return noData('no samples');
  const estimate = {
    value: quantile(histogram, q),
    interval: percentileInterval(histogram, q),
    samples: histogram.count,
  };
  if (!hasOneSummary(evidence)) return withBucketError(estimate, relativeError(histogram));
  const [only] = trends;
  const exactName = Object.entries(PERCENTILES).find(([, fraction]) => fraction === q)?.[0];
  return trends.length === 1 && only && exactName
    ? scaledTo(only[exactName as keyof typeof PERCENTILES], estimate)
    : estimate;
}

/**
 * Returns whether a single k6 process saw every sample and wrote a summary. Only then are the statistics of k6 exact.
 */
const hasOneSummary = ({ run, generators }: Evidence) => !run.partial && generators === undefined;

/**
 * Widens the interval by the width of a histogram bucket, which is the error of a percentile from merged
 * histograms.
 */
function withBucketError({ value, interval, samples }: Estimate, width: number): Measurement {
  return {
    value,
    interval: { low: interval.low / (1 + width), high: interval.high * (1 + width) },
    samples,
    note: `from merged histograms, accurate to within ${formatPercent(width)}`,
  };
}

const merged = (trends: readonly Trend[]): Histogram =>
  trends.map(({ histogram }) => histogram ?? emptyHistogram()).reduce(mergeHistograms, emptyHistogram());

/**
 * Mean of all samples, for figures that windows do not record. The mean is exact, because a histogram keeps the sum.
 */
export function meanFromHistograms(trends: readonly Trend[]): Measurement {
  const histogram = merged(trends);
  const { count, sum } = histogram;
  if (count === 0) return noData('no samples');
  return scaledTo(sum / count, { value: sum / count, interval: meanInterval(histogram), samples: count });
}

/**
 * An exactly known ratio, with an interval estimated from its windows.
 * @param value the exact ratio
 * @param windows numerator (`amount`, such as ms) and denominator (`per`, such as requests) of each window
 */
export function ratioFromWindows(
  value: number,
  samples: number,
  windows: readonly { amount: number; per: number }[],
): Measurement {
  const amounts = windows.map(({ amount }) => amount);
  const pers = windows.map(({ per }) => per);
  const measurement = scaledTo(value, {
    value: sum(amounts) / sum(pers),
    interval: ratioInterval(amounts, pers),
    samples,
  });
  return windows.length < MIN_POINTS
    ? { ...measurement, note: 'too few windows to estimate the uncertainty' }
    : measurement;
}

/** An exactly known mean, with an interval estimated from the means of the windows. Empty windows are ignored. */
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
 * The exact value with the interval of its estimate. Both bounds are scaled by the same factor as the value, because
 * values close to each other have the same relative error. Durations and rates are never below 0.
 */
function scaledTo(value: number, { value: estimate, interval, samples }: Estimate): Measurement {
  const { low, high } = scaled(interval, estimate ? value / estimate : 1);
  return { value, interval: { low: Math.max(0, low), high }, samples };
}

const scaled = ({ low, high }: Interval, factor: number): Interval => ({
  low: low * factor,
  high: high * factor,
});

/** Measures the slope of the least-squares line through the points, times a factor. */
export function slopeMeasurement(xs: readonly number[], ys: readonly number[], factor: number): Measurement {
  return {
    value: fitLine(xs, ys).slope * factor,
    interval: scaled(slopeInterval(xs, ys), factor),
    samples: xs.length,
  };
}

export const sumOfField = <Key extends string>(records: readonly Record<Key, number>[], key: Key): number =>
  sum(records.map((record) => record[key]));
