import { type Histogram, valueAtRank } from './histogram.ts';
import { seededRandom } from './random.ts';

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
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
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

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

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

const REPLICATES = 500;

/** Length of a block that keeps the dependence between neighbours; n^(1/3) is the usual order. */
const blockLength = (n: number) => Math.max(1, Math.round(n ** (1 / 3)));

/**
 * Moving-block bootstrap (H. R. Künsch, Annals of Statistics 1989): neighbouring windows depend on each
 * other, so blocks of them are drawn and not single ones. Seeded: the same data give the same interval.
 */
function resampledBlocks(n: number, draw: () => number): number[] {
  const length = blockLength(n);
  const indexes: number[] = [];
  while (indexes.length < n) {
    const start = Math.floor(draw() * (n - length + 1));
    for (let i = 0; i < length && indexes.length < n; i++) indexes.push(start + i);
  }
  return indexes;
}

function bootstrap(n: number, statistic: (indexes: readonly number[]) => number): Interval {
  const draw = seededRandom(n);
  const replicates = Array.from({ length: REPLICATES }, () => statistic(resampledBlocks(n, draw)));
  replicates.sort((a, b) => a - b);
  const at = (q: number) => replicates[Math.round(q * (REPLICATES - 1))] as number;
  return { low: at(0.025), high: at(0.975) };
}

/** Interval of sum(numerators) / sum(denominators) over windows: a mean weighted by how much each window saw. */
export function ratioInterval(numerators: readonly number[], denominators: readonly number[]): Interval {
  return bootstrap(numerators.length, (indexes) => {
    let top = 0;
    let bottom = 0;
    for (const i of indexes) {
      top += numerators[i] as number;
      bottom += denominators[i] as number;
    }
    return bottom === 0 ? 0 : top / bottom;
  });
}

/** Interval of a least-squares slope, from blocks of its residuals. */
export function slopeInterval(xs: readonly number[], ys: readonly number[]): Interval {
  const line = fitLine(xs, ys);
  const fittedYs = xs.map((x) => line.intercept + line.slope * x);
  const residuals = ys.map((y, i) => y - (fittedYs[i] as number));
  return bootstrap(xs.length, (indexes) => {
    const resampled = fittedYs.map((y, i) => y + (residuals[indexes[i] as number] as number));
    return fitLine(xs, resampled).slope;
  });
}
