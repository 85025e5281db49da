import { type Interval, mean, squaredDeviations, studentT } from '../numbers/index.ts';

/** A difference between two sides and its uncertainty. The scale is logarithmic for ratios and linear for rates. */
export interface DifferenceEstimate {
  difference: number;
  /** 95 % interval. */
  interval: Interval;
  degreesOfFreedom: number;
}

/**
 * From this many degrees of freedom on, Student's distribution differs from the normal distribution by less than 0.2 %.
 */
export const NORMAL_DEGREES_OF_FREEDOM = 1000;

/**
 * Estimates the difference of the means of two sides, with one value per run. Uses Student's interval with a pooled
 * variance, which also works with a single run on one side.
 * @returns null with fewer than three runs in total, or if a side has none
 */
export function estimateFromRuns(
  reference: readonly number[],
  candidate: readonly number[],
): DifferenceEstimate | null {
  const degreesOfFreedom = reference.length + candidate.length - 2;
  if (reference.length === 0 || candidate.length === 0 || degreesOfFreedom < 1) return null;
  const difference = mean(candidate) - mean(reference);
  const variance = (squaredDeviations(reference) + squaredDeviations(candidate)) / degreesOfFreedom;
  const error = Math.sqrt(variance * (1 / reference.length + 1 / candidate.length));
  return studentEstimate(difference, error, degreesOfFreedom);
}

function studentEstimate(difference: number, error: number, degreesOfFreedom: number): DifferenceEstimate {
  const half = studentT(degreesOfFreedom) * error;
  return { difference, interval: { low: difference - half, high: difference + half }, degreesOfFreedom };
}

/** A value of one side with its interval. */
export interface ValueWithInterval extends Interval {
  value: number;
}

/**
 * Estimates the difference of two values with known intervals, by adding the squared distances to their bounds. With
 * Wilson's intervals, this is Newcombe's method 10: R. G. Newcombe, "Interval estimation for the difference between
 * independent proportions", Statistics in Medicine 1998. For other intervals: G. Y. Zou & A. Donner, "Construction of
 * confidence limits about effect measures", Statistics in Medicine 2008.
 */
export function estimateFromIntervals(reference: ValueWithInterval, candidate: ValueWithInterval): DifferenceEstimate {
  const difference = candidate.value - reference.value;
  return {
    difference,
    interval: {
      low: difference - Math.hypot(candidate.value - candidate.low, reference.high - reference.value),
      high: difference + Math.hypot(candidate.high - candidate.value, reference.value - reference.low),
    },
    degreesOfFreedom: NORMAL_DEGREES_OF_FREEDOM,
  };
}

/** Minimum number of windows from which their variation can be estimated. */
export const MIN_BOOTSTRAP_WINDOWS = 8;

/**
 * Estimates the uncertainty of a difference from the windows of the two runs. Neighboring windows are correlated, so
 * windows are resampled in blocks: the circular block bootstrap of D. N. Politis & J. P. Romano, "A circular
 * block-resampling procedure for stationary data", 1992.
 * @param contributions what each window adds to the difference, relative to the mean of all windows
 * @returns null with fewer than {@link MIN_BOOTSTRAP_WINDOWS} windows
 */
export function estimateFromWindows(difference: number, contributions: readonly number[]): DifferenceEstimate | null {
  const count = contributions.length;
  if (count < MIN_BOOTSTRAP_WINDOWS) return null;
  const length = blockLength(count);
  const blocks = Math.ceil(count / length);
  // No random resampling is needed: the variance of the mean follows from the variance of the blocks.
  const variance = squaredDeviations(blockSums(contributions, length)) / count;
  const error = Math.sqrt(variance / blocks) / length;
  return studentEstimate(difference, error, Math.max(1, blocks - 1));
}

/** Sums of the blocks that start at each window. Blocks wrap around at the end. */
function blockSums(contributions: readonly number[], length: number): number[] {
  const count = contributions.length;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += contributions[i] as number;
  return contributions.map((contribution, i) => {
    const blockSum = sum;
    sum += (contributions[(i + length) % count] as number) - contribution;
    return blockSum;
  });
}

const blockLength = (count: number): number => Math.round(1.5 * Math.cbrt(count));

/** Combines estimates of the same difference: the result has the lowest lower bound and the highest upper bound. */
export function widestEstimate(estimates: readonly DifferenceEstimate[]): DifferenceEstimate | null {
  const [first] = estimates;
  if (!first) return null;
  return {
    difference: first.difference,
    interval: {
      low: Math.min(...estimates.map(({ interval }) => interval.low)),
      high: Math.max(...estimates.map(({ interval }) => interval.high)),
    },
    degreesOfFreedom: Math.min(...estimates.map((estimate) => estimate.degreesOfFreedom)),
  };
}

/**
 * The two-sided p-value of an estimate if the true difference is at the limit. The p-value is below 0.05 if the
 * interval excludes the limit. The interval is assumed to follow Student's distribution.
 * @param limit not negative
 */
export function pValueBeyond({ difference, interval, degreesOfFreedom }: DifferenceEstimate, limit: number): number {
  const beyond = Math.abs(difference) - limit;
  if (beyond <= 0) return 1;
  const half = difference > 0 ? difference - interval.low : interval.high - difference;
  return Math.min(1, 2 * studentTail((beyond / half) * studentT(degreesOfFreedom), degreesOfFreedom));
}

/**
 * The upper tail probability of Student's distribution at t, by the finite series of M. Abramowitz & I. A. Stegun, "Handbook of
 * Mathematical Functions", 26.7.3 and 26.7.4.
 * @param degreesOfFreedom an integer
 */
export function studentTail(t: number, degreesOfFreedom: number): number {
  const angle = Math.atan(t / Math.sqrt(degreesOfFreedom));
  const cosine = Math.cos(angle);
  const isOdd = degreesOfFreedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = 0;
  for (let power = isOdd ? 1 : 0; power <= degreesOfFreedom - 2; power += 2) {
    sum += term;
    term *= ((power + 1) / (power + 2)) * cosine ** 2;
  }
  const within = isOdd ? (angle + Math.sin(angle) * sum) / (Math.PI / 2) : Math.sin(angle) * sum;
  return Math.max(0, (1 - within) / 2);
}
