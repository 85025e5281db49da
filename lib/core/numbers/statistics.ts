import { type Histogram, valueAtRank } from './histogram.ts';

/** A range that holds the true value with 95 % confidence. */
export interface Interval {
  low: number;
  high: number;
}

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959964;

/**
 * Wilson's score interval for a rate, which unlike the normal approximation holds near 0 and 1.
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
 */
export function wilsonInterval(hits: number, trials: number): Interval {
  const rate = hits / trials;
  const denominator = 1 + (Z * Z) / trials;
  const centre = (rate + (Z * Z) / (2 * trials)) / denominator;
  const half = (Z / denominator) * Math.sqrt((rate * (1 - rate)) / trials + (Z * Z) / (4 * trials * trials));
  // At the ends the bounds are 0 and 1, which floating point misses by a hair.
  return { low: hits === 0 ? 0 : centre - half, high: hits === trials ? 1 : centre + half };
}

/** So many trials that, where all of them are hits, Wilson's interval lies above this rate. */
export function minTrials(rate: number): number {
  return Math.floor((Z * Z * rate) / (1 - rate)) + 1;
}

/** Interval of a share over time: Wilson's, of as many trials as there are independent points. */
export function shareInterval(hits: readonly boolean[]): Interval {
  const share = hits.filter(Boolean).length / hits.length;
  const residuals = hits.map((hit) => Number(hit) - share);
  const sumOfSquares = squares(residuals);
  const trials = sumOfSquares === 0 ? hits.length : effectiveSize(residuals, sumOfSquares);
  return wilsonInterval(share * trials, trials);
}

/**
 * Score interval for the mean of a Poisson count, of which one was seen: what Wilson's is for a rate.
 * G. Barker, "A comparison of nine confidence intervals for a Poisson parameter", American Statistician 2002.
 */
export function countInterval(count: number): Interval {
  const centre = count + (Z * Z) / 2;
  const half = Z * Math.sqrt(count + (Z * Z) / 4);
  return { low: Math.max(0, centre - half), high: centre + half };
}

/**
 * Distribution-free interval for a percentile: the samples whose ranks lie Z binomial standard deviations
 * to either side of it. H. A. David & H. N. Nagaraja, "Order Statistics", 3rd ed., §7.1.
 */
export function percentileInterval(histogram: Histogram, q: number): Interval {
  const centre = q * (histogram.count - 1);
  const half = Z * Math.sqrt(histogram.count * q * (1 - q));
  return { low: valueAtRank(histogram, centre - half), high: valueAtRank(histogram, centre + half) };
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Of nothing there is no part. */
export const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

/** Least-squares line through points, y per unit of x. */
export interface Line {
  slope: number;
  intercept: number;
}

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
 * Two-sided 95 % of Student's distribution; degrees of freedom are rounded down. Exact for one and two, from there
 * the expansion of M. Abramowitz & I. A. Stegun, "Handbook of Mathematical Functions", 26.7.5: 0.2 % off at most.
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

/** Of fewer points than this, nothing can be said about how far an estimate is off. */
export const MIN_POINTS = 3;
const UNKNOWN: Interval = { low: -Infinity, high: Infinity };

const squares = (values: readonly number[]) => values.reduce((sum, one) => sum + one ** 2, 0);

/** From their mean. */
export function squaredDeviations(values: readonly number[]): number {
  const centre = mean(values);
  return squares(values.map((value) => value - centre));
}

/**
 * How many independent points tell as much as these, of which each depends on the one before it, as windows of a
 * run do. The autocorrelation of few points comes out too low; (1 + 4 r) / n makes up for that.
 * M. G. Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 1954.
 */
function effectiveSize(residuals: readonly number[], sumOfSquares: number): number {
  const n = residuals.length;
  const products = residuals.slice(1).reduce((sum, one, i) => sum + one * (residuals[i] as number), 0);
  const r = products / sumOfSquares;
  const correlation = Math.min(0.99, Math.max(0, r + (1 + 4 * r) / n));
  return (n * (1 - correlation)) / (1 + correlation);
}

/**
 * Interval of an estimate by what it leaves unexplained, with as many degrees of freedom as there are independent
 * points: B. D. Santer et al., "Statistical significance of trends and trend differences", JGR 2000. Of a smooth
 * curve hardly any point is independent; as many degrees of freedom as were estimated are taken all the same, or a
 * service whose memory levels off would have a slope that nobody can tell.
 * @param parameters how many of them were estimated
 * @param weight by how much the variance of the estimate is less than that of a residual
 */
function intervalAround(
  estimate: number,
  residuals: readonly number[],
  parameters: number,
  weight: number,
): Interval {
  if (residuals.length < MIN_POINTS) return UNKNOWN;
  const sumOfSquares = squares(residuals);
  if (sumOfSquares === 0) return { low: estimate, high: estimate };
  const freedom = Math.max(parameters, effectiveSize(residuals, sumOfSquares) - parameters);
  const half = studentT(freedom) * Math.sqrt(sumOfSquares / freedom / weight);
  return { low: estimate - half, high: estimate + half };
}

/** Student's interval for the mean of samples that do not depend on each other; each stands in its bucket's middle. */
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

/** Interval of sum(numerators) / sum(denominators) over windows: a mean weighted by how much each window saw. */
export function ratioInterval(numerators: readonly number[], denominators: readonly number[]): Interval {
  const share = mean(denominators);
  const ratio = mean(numerators) / share;
  const residuals = numerators.map((one, i) => (one - ratio * (denominators[i] as number)) / share);
  return intervalAround(ratio, residuals, 1, residuals.length);
}

/** Interval of a least-squares slope. */
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
 * Interval of the difference of two means, of sides that may vary more or less than each other: B. L. Welch, "The
 * generalization of Student's problem when several different population variances are involved", Biometrika 1947.
 * Null of a side with fewer than two values.
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
