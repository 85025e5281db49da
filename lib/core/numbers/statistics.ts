import { type Histogram, valueAtRank } from './histogram.ts';

/** A 95 % confidence interval. */
export interface Interval {
  low: number;
  high: number;
}

/** Two-sided 95 % quantile of the normal distribution. */
const Z = 1.959964;

/**
 * Wilson's score interval for a rate. Unlike the normal approximation, it is also valid near 0 and 1.
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
 */
export function wilsonInterval(hits: number, trials: number): Interval {
  const rate = hits / trials;
  const denominator = 1 + (Z * Z) / trials;
  const center = (rate + (Z * Z) / (2 * trials)) / denominator;
  const half = (Z / denominator) * Math.sqrt((rate * (1 - rate)) / trials + (Z * Z) / (4 * trials * trials));
  // Set the bounds to exactly 0 and 1, because floating-point errors would make them slightly different.
  return { low: hits === 0 ? 0 : center - half, high: hits === trials ? 1 : center + half };
}

/** The minimum number of trials for which Wilson's interval lies above a rate if all trials are hits. */
export function minTrials(rate: number): number {
  return Math.floor((Z * Z * rate) / (1 - rate)) + 1;
}

/** Interval of a share over time: Wilson's interval, with the effective number of independent points as its trials. */
export function shareInterval(hits: readonly boolean[]): Interval {
  const share = hits.filter(Boolean).length / hits.length;
  const residuals = hits.map((hit) => Number(hit) - share);
  const sumOfSquares = squares(residuals);
  const trials = sumOfSquares === 0 ? hits.length : effectiveSize(residuals, sumOfSquares);
  return wilsonInterval(share * trials, trials);
}

/**
 * Score interval for the mean of a Poisson distribution, from one observed count.
 * L. Barker, "A comparison of nine confidence intervals for a Poisson parameter", American Statistician 2002.
 */
export function countInterval(count: number): Interval {
  const center = count + (Z * Z) / 2;
  const half = Z * Math.sqrt(count + (Z * Z) / 4);
  return { low: Math.max(0, center - half), high: center + half };
}

/**
 * Distribution-free interval for a percentile: its bounds are the samples whose ranks are Z binomial standard
 * deviations below and above the rank of the percentile. H. A. David & H. N. Nagaraja, "Order Statistics", 3rd ed.,
 * §7.1.
 */
export function percentileInterval(histogram: Histogram, q: number): Interval {
  const center = q * (histogram.count - 1);
  const half = Z * Math.sqrt(histogram.count * q * (1 - q));
  return { low: valueAtRank(histogram, center - half), high: valueAtRank(histogram, center + half) };
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A part as a fraction of the whole. Returns 0 if the whole is 0. */
export const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Returns the median, or NaN if there are no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

/** A line y = intercept + slope × x. */
export interface Line {
  slope: number;
  intercept: number;
}

/** The least-squares line through the points (x, y). */
export function fitLine(xs: readonly number[], ys: readonly number[]): Line {
  const meanX = mean(xs);
  const meanY = mean(ys);
  let covariance = 0;
  let variance = 0;
  xs.forEach((x, i) => {
    covariance += (x - meanX) * ((ys[i] as number) - meanY);
    variance += (x - meanX) ** 2;
  });
  const slope = variance === 0 ? 0 : covariance / variance;
  return { slope, intercept: meanY - slope * meanX };
}

/**
 * Two-sided 95 % quantile of Student's t distribution. Degrees of freedom are rounded down. It is exact for one and
 * two; from three on, it is the expansion of M. Abramowitz & I. A. Stegun, "Handbook of Mathematical Functions",
 * 26.7.5, with an error of at most 0.2 %.
 */
export function studentT(degreesOfFreedom: number): number {
  const n = Math.max(1, Math.floor(degreesOfFreedom));
  if (n === 1) return Math.tan(0.475 * Math.PI);
  if (n === 2) return 0.95 * Math.sqrt(2 / (1 - 0.95 ** 2));
  const z = Z;
  return (
    z +
    (z ** 3 + z) / (4 * n) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * n ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * n ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92160 * n ** 4)
  );
}

/** Minimum number of points. With fewer points, the error of an estimate is unknown. */
export const MIN_POINTS = 3;
const UNKNOWN: Interval = { low: -Infinity, high: Infinity };

const squares = (values: readonly number[]) => values.reduce((total, value) => total + value ** 2, 0);

/** The sum of the squared deviations from the mean. */
export function squaredDeviations(values: readonly number[]): number {
  const center = mean(values);
  return squares(values.map((value) => value - center));
}

/**
 * The number of independent points that contain as much information as these. Each point, such as a window of a run,
 * is correlated with the previous one. The estimated autocorrelation of few points is too low; (1 + 4 r) / n corrects
 * that. M. G. Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 1954.
 */
function effectiveSize(residuals: readonly number[], sumOfSquares: number): number {
  const n = residuals.length;
  const products = residuals.slice(1).reduce((total, residual, i) => total + residual * (residuals[i] as number), 0);
  const r = products / sumOfSquares;
  const correlation = Math.min(0.99, Math.max(0, r + (1 + 4 * r) / n));
  return (n * (1 - correlation)) / (1 + correlation);
}

/**
 * Interval of an estimate from its residuals, with the effective number of independent points for the degrees of
 * freedom: B. D. Santer et al., "Statistical significance of trends and trend differences", JGR 2000. On a smooth
 * curve, hardly any point is independent. The degrees of freedom are nevertheless at least `parameters`; without that
 * minimum, the slope of a service whose memory levels off would be unknown.
 * @param parameters number of estimated parameters
 * @param weight the variance of a residual divided by the variance of the estimate
 */
function intervalAround(estimate: number, residuals: readonly number[], parameters: number, weight: number): Interval {
  if (residuals.length < MIN_POINTS) return UNKNOWN;
  const sumOfSquares = squares(residuals);
  if (sumOfSquares === 0) return { low: estimate, high: estimate };
  const freedom = Math.max(parameters, effectiveSize(residuals, sumOfSquares) - parameters);
  const half = studentT(freedom) * Math.sqrt(sumOfSquares / freedom / weight);
  return { low: estimate - half, high: estimate + half };
}

/** Student's interval for the mean of independent samples. Each sample counts as the middle of its bucket. */
export function meanInterval(histogram: Histogram): Interval {
  const { count, sum, min, max, scale, offset, zeroCount, counts } = histogram;
  if (count < MIN_POINTS) return UNKNOWN;
  const average = sum / count;
  const sumOfSquares = counts.reduce(
    (total, inBucket, i) => {
      const middle = 2 ** ((offset + i + 0.5) * 2 ** -scale);
      return total + inBucket * (Math.min(max, Math.max(min, middle)) - average) ** 2;
    },
    zeroCount * average ** 2,
  );
  const half = studentT(count - 1) * Math.sqrt(sumOfSquares / (count - 1) / count);
  return { low: average - half, high: average + half };
}

/** Interval of sum(numerators) / sum(denominators) over windows: a mean that weights windows by their denominators. */
export function ratioInterval(numerators: readonly number[], denominators: readonly number[]): Interval {
  const meanDenominator = mean(denominators);
  const ratio = mean(numerators) / meanDenominator;
  const residuals = numerators.map(
    (numerator, i) => (numerator - ratio * (denominators[i] as number)) / meanDenominator,
  );
  return intervalAround(ratio, residuals, 1, residuals.length);
}

/** Returns the interval of a least-squares slope. */
export function slopeInterval(xs: readonly number[], ys: readonly number[]): Interval {
  const { slope, intercept } = fitLine(xs, ys);
  const residuals = ys.map((y, i) => y - intercept - slope * (xs[i] as number));
  const meanX = mean(xs);
  return intervalAround(
    slope,
    residuals,
    2,
    xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0),
  );
}

/**
 * Interval of the difference of two means, whose variances may differ: B. L. Welch, "The generalization of Student's
 * problem when several different population variances are involved", Biometrika 1947.
 * @returns null if either side has fewer than two values
 */
export function differenceInterval(before: readonly number[], after: readonly number[]): Interval | null {
  if (before.length < 2 || after.length < 2) return null;
  const errors = [before, after].map((values) => {
    const freedom = values.length - 1;
    return { square: squaredDeviations(values) / freedom / values.length, freedom };
  });
  const square = errors.reduce((sum, error) => sum + error.square, 0);
  const freedom = square ** 2 / errors.reduce((sum, error) => sum + error.square ** 2 / error.freedom, 0);
  const half = square === 0 ? 0 : studentT(freedom) * Math.sqrt(square);
  const difference = mean(after) - mean(before);
  return { low: difference - half, high: difference + half };
}
