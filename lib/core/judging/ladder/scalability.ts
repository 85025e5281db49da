import { type Capacity, MIN_RUNGS, type ScalabilityLaw } from '../../evidence/index.ts';
import { type Interval, quickRandom, type Random } from '../../numbers/index.ts';

/** Measured throughput at a number of users, in responses per second. */
export interface LoadPoint {
  users: number;
  perS: number;
}

export const throughputAt = ({ lambda, sigma, kappa }: ScalabilityLaw, users: number): number =>
  (lambda * users) / (1 + sigma * (users - 1) + kappa * users * (users - 1));

/**
 * Fits the Universal Scalability Law by weighted least squares. N / X is linear in 1/λ, σ/λ and κ/λ, so no iterative
 * search is needed. Weighting the residuals by X² / N makes them, to first order, residuals of the throughput X.
 * @returns null with fewer than {@link MIN_RUNGS} different numbers of users with any throughput
 */
export function fitScalability(points: readonly LoadPoint[]): ScalabilityLaw | null {
  const usable = points.filter(({ users, perS }) => users > 0 && perS > 0);
  if (new Set(usable.map(({ users }) => users)).size < MIN_RUNGS) return null;
  const rows = usable.map(({ users, perS }) => {
    const weight = perS ** 2 / users;
    return { terms: [1, users - 1, users * (users - 1)].map((term) => term * weight), value: perS };
  });
  // No parameter may be negative, so compare the fits in which some parameters are fixed at 0.
  const [best] = TERM_SUBSETS.flatMap((terms) => fitTerms(rows, terms) ?? []).sort((a, b) => a.squares - b.squares);
  if (!best) return null;
  const [a, b, c] = best.coefficients as [number, number, number];
  return { lambda: 1 / a, sigma: b / a, kappa: c / a };
}

/** Indexes of the terms to fit; the coefficients of all other terms are 0. */
const TERM_SUBSETS = [[0], [0, 1], [0, 2], [0, 1, 2]] as const;

interface Row {
  terms: number[];
  value: number;
}

/** Returns null if there is no solution without a negative parameter. */
function fitTerms(rows: readonly Row[], terms: readonly number[]): { coefficients: number[]; squares: number } | null {
  const sum = (select: (row: Row) => number) => rows.reduce((total, row) => total + select(row), 0);
  const term = (row: Row, i: number) => row.terms[i] as number;
  const solved = solve(
    terms.map((i) => terms.map((j) => sum((row) => term(row, i) * term(row, j)))),
    terms.map((i) => sum((row) => term(row, i) * row.value)),
  );
  if (!solved || !((solved[0] as number) > 0) || solved.some((coefficient) => coefficient < 0)) return null;
  const coefficients = [0, 0, 0];
  terms.forEach((i, n) => {
    coefficients[i] = solved[n] as number;
  });
  const squares = sum(
    (row) => (row.value - coefficients.reduce((fitted, coefficient, i) => fitted + coefficient * term(row, i), 0)) ** 2,
  );
  return { coefficients, squares };
}

/**
 * Gaussian elimination without pivoting, which a positive semidefinite matrix does not need. Null if it is
 * singular.
 */
function solve(matrix: readonly number[][], right: readonly number[]): number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const entry = (i: number, j: number) => rows[i]?.[j] as number;
  for (let i = 0; i < rows.length; i++) {
    if (!(entry(i, i) > 0)) return null;
    for (let below = i + 1; below < rows.length; below++) {
      const factor = entry(below, i) / entry(i, i);
      rows[below] = (rows[below] as number[]).map((value, j) => value - factor * entry(i, j));
    }
  }
  const solution: number[] = [];
  for (let i = rows.length - 1; i >= 0; i--) {
    const known = solution.reduce((sum, value, back) => sum + value * entry(i, rows.length - 1 - back), 0);
    solution.push((entry(i, rows.length) - known) / entry(i, i));
  }
  return solution.reverse();
}

/** The law is extrapolated up to this many times the users of the last rung. */
const MAX_EXTRAPOLATION = 2;

/** Throughput counts as still growing if it would rise by more than this share beyond the last rung. */
const MIN_GROWTH = 0.05;
const RESAMPLES = 400;
const SEED = 5;

/**
 * Fits the law and estimates its uncertainty with a bootstrap.
 * @param points several for each number of users, such as the windows of a rung
 * @returns null with too few different numbers of users
 */
export function capacityOf(points: readonly LoadPoint[]): Capacity | null {
  const law = fitScalability(points);
  if (!law) return null;
  const rungs = points.map(({ users }) => users);
  const last = Math.max(...rungs);
  const limit = MAX_EXTRAPOLATION * last;
  const ceiling = ceilingOf(law, limit);
  const random = quickRandom(SEED);
  const sameUsers = points.map(({ users }) => points.filter((point) => point.users === users));
  const resamples = Array.from({ length: RESAMPLES }, () => fitScalability(resampled(sameUsers, random)))
    .filter((fitted) => fitted !== null)
    .map((fitted) => ceilingOf(fitted, limit));
  return {
    law,
    perS: { value: ceiling.perS, interval: central95(resamples.map(({ perS }) => perS)) },
    users: { value: ceiling.users, interval: central95(resamples.map(({ users }) => users)) },
    peakUsers: ceiling.peakUsers,
    growing: ceiling.peakUsers === null && ceiling.perS > (1 + MIN_GROWTH) * throughputAt(law, last),
    from: Math.min(...rungs),
    limit,
  };
}

/**
 * Returns the maximum throughput: at the peak, where dX/dN = 0 and so N² = (1 − σ) / κ, or at `limit` if the peak lies
 * beyond it.
 */
function ceilingOf(law: ScalabilityLaw, limit: number) {
  const { lambda, sigma, kappa } = law;
  const peak = sigma < 1 ? Math.sqrt((1 - sigma) / kappa) : 1;
  const perS = throughputAt(law, Math.min(Math.max(1, peak), limit));
  // These are the asymptotic bounds of P. J. Denning & J. P. Buzen, "The operational analysis of queueing network
  // models", 1978.
  return { perS, users: perS / lambda, peakUsers: peak <= limit ? Math.max(1, peak) : null };
}

/**
 * Draws a bootstrap sample, with replacement among the points with the same number of users. B. Efron, Annals of
 * Statistics 1979.
 * @param sameUsers for each point, all points with the same number of users
 */
const resampled = (sameUsers: readonly LoadPoint[][], random: Random): LoadPoint[] =>
  sameUsers.map((points) => points[Math.floor(random() * points.length)] as LoadPoint);

/** Returns the interval that contains the central 95 % of the values. */
function central95(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return { low: quantile(0.025), high: quantile(0.975) };
}
