import { type Interval, mean, squaredDeviations, studentT } from '../numbers/index.ts';

/** A difference between two sides, on the scale that it is judged on, and how uncertain it is. */
export interface DifferenceEstimate {
  difference: number;
  /** 95 %. */
  interval: Interval;
  degreesOfFreedom: number;
}

/** From here on Student's distribution is the normal one, to 0.2 %. */
export const NORMAL_DEGREES_OF_FREEDOM = 1000;

/**
 * The difference of two sides' means, with the run as the unit: Student's interval with one variance for both sides,
 * which works for a single run on one side too.
 * @returns null where there are fewer than three runs in all
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
  return around(difference, error, degreesOfFreedom);
}

function around(difference: number, error: number, degreesOfFreedom: number): DifferenceEstimate {
  const half = studentT(degreesOfFreedom) * error;
  return { difference, interval: { low: difference - half, high: difference + half }, degreesOfFreedom };
}

/** A figure of one side with its own interval. */
export interface ValueWithInterval extends Interval {
  value: number;
}

/**
 * The difference of two figures whose intervals are known: what each bound is off by, squared and added. With
 * Wilson's intervals it is Newcombe's tenth method: R. G. Newcombe, "Interval estimation for the difference between
 * independent proportions", Statistics in Medicine 1998. For any others: G. Y. Zou & A. Donner, "Construction of
 * confidence limits about effect measures", Statistics in Medicine 2008.
 */
export function estimateFromIntervals(
  reference: ValueWithInterval,
  candidate: ValueWithInterval,
): DifferenceEstimate {
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

/** Of fewer windows nothing can be said about how they vary. */
export const MIN_BOOTSTRAP_WINDOWS = 8;

/**
 * A difference whose uncertainty shows in the windows that it was made from.
 * @param shares what each window adds to or takes from the difference, about their mean. Neighbours resemble each
 * other, so they are drawn in blocks: the circular block bootstrap of D. N. Politis & J. P. Romano, "A circular
 * block-resampling procedure for stationary data", 1992
 * @returns null where there are too few windows
 */
export function estimateFromWindows(
  difference: number,
  shares: readonly number[],
): DifferenceEstimate | null {
  const count = shares.length;
  if (count < MIN_BOOTSTRAP_WINDOWS) return null;
  const length = blockLength(count);
  const blocks = Math.ceil(count / length);
  // How a mean of blocks scatters that are drawn independently follows from how they do: no draw need be made.
  const variance = squaredDeviations(blockSums(shares, length)) / count;
  const error = Math.sqrt(variance / blocks) / length;
  return around(difference, error, Math.max(1, blocks - 1));
}

/** Of the block that begins at each window; after the last comes the first again. */
function blockSums(shares: readonly number[], length: number): number[] {
  const count = shares.length;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += shares[i] as number;
  return shares.map((share, i) => {
    const own = sum;
    sum += (shares[(i + length) % count] as number) - share;
    return own;
  });
}

/** Longer with more windows, and always few enough blocks to draw from. */
const blockLength = (count: number): number => Math.round(1.5 * Math.cbrt(count));

/** As wide as the widest of them: no way to look at a difference may hide what another one shows. */
export function widestEstimate(estimates: readonly (DifferenceEstimate | null)[]): DifferenceEstimate | null {
  const known = estimates.filter((one) => one !== null);
  const [first] = known;
  if (!first) return null;
  return {
    difference: first.difference,
    interval: {
      low: Math.min(...known.map(({ interval }) => interval.low)),
      high: Math.max(...known.map(({ interval }) => interval.high)),
    },
    degreesOfFreedom: Math.min(...known.map((one) => one.degreesOfFreedom)),
  };
}

/**
 * How likely an estimate as far beyond the limit as this one is where the true difference is at the limit, either
 * way: below 0.05 where the interval excludes the limit. Between and beyond its bounds the interval is taken for one
 * of Student's distribution.
 * @param limit not negative
 */
export function pValueBeyond(
  { difference, interval, degreesOfFreedom }: DifferenceEstimate,
  limit: number,
): number {
  const beyond = Math.abs(difference) - limit;
  if (beyond <= 0) return 1;
  const half = difference > 0 ? difference - interval.low : interval.high - difference;
  return Math.min(1, 2 * studentTail((beyond / half) * studentT(degreesOfFreedom), degreesOfFreedom));
}

/**
 * How much of Student's distribution lies above t: the finite series of M. Abramowitz & I. A. Stegun, "Handbook of
 * Mathematical Functions", 26.7.3 and 26.7.4.
 * @param degreesOfFreedom a whole number
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
