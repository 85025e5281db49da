import { type Capacity, MIN_RUNGS, type ScalabilityLaw } from '../../evidence/index.ts';
import { type Interval, quickRandom, type Random } from '../../numbers/index.ts';

/** Throughput that was seen with some number of users, in answers a second. */
export interface LoadPoint {
  users: number;
  perS: number;
}

export const throughputAt = ({ lambda, sigma, kappa }: ScalabilityLaw, users: number): number =>
  (lambda * users) / (1 + sigma * (users - 1) + kappa * users * (users - 1));

/**
 * Least squares of throughput. N / X is linear in 1/λ, σ/λ and κ/λ, so that no search is needed; a residual there
 * counts by X² / N, which to first order makes it one of X.
 * @returns null with fewer than {@link MIN_RUNGS} numbers of users that had any answer
 */
export function fitScalability(points: readonly LoadPoint[]): ScalabilityLaw | null {
  const seen = points.filter(({ users, perS }) => users > 0 && perS > 0);
  if (new Set(seen.map(({ users }) => users)).size < MIN_RUNGS) return null;
  const rows = seen.map(({ users, perS }) => {
    const weight = perS ** 2 / users;
    return { terms: [1, users - 1, users * (users - 1)].map((term) => term * weight), value: perS };
  });
  // None of the parameters may be negative: the best of those fits in which some of them are 0.
  const [best] = PARTS.flatMap((part) => fitTerms(rows, part) ?? []).sort(
    (one, other) => one.squares - other.squares,
  );
  if (!best) return null;
  const [a, b, c] = best.coefficients as [number, number, number];
  return { lambda: 1 / a, sigma: b / a, kappa: c / a };
}

/** Terms that are not left out. */
const PARTS = [[0], [0, 1], [0, 2], [0, 1, 2]] as const;

interface Row {
  terms: number[];
  value: number;
}

/** Null where it has no solution, or one with a negative parameter. */
function fitTerms(
  rows: readonly Row[],
  part: readonly number[],
): { coefficients: number[]; squares: number } | null {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const term = (row: Row, i: number) => row.terms[i] as number;
  const solved = solve(
    part.map((i) => part.map((j) => sum((row) => term(row, i) * term(row, j)))),
    part.map((i) => sum((row) => term(row, i) * row.value)),
  );
  if (!solved || !((solved[0] as number) > 0) || solved.some((one) => one < 0)) return null;
  const coefficients = [0, 0, 0];
  part.forEach((i, at) => {
    coefficients[i] = solved[at] as number;
  });
  const squares = sum(
    (row) => (row.value - coefficients.reduce((fitted, one, i) => fitted + one * term(row, i), 0)) ** 2,
  );
  return { coefficients, squares };
}

/** Gaussian elimination of a symmetric matrix without negative eigenvalues: there is no need for a pivot. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const at = (i: number, j: number) => rows[i]?.[j] as number;
  for (let i = 0; i < rows.length; i++) {
    if (!(at(i, i) > 0)) return null;
    for (let below = i + 1; below < rows.length; below++) {
      const factor = at(below, i) / at(i, i);
      rows[below] = (rows[below] as number[]).map((value, j) => value - factor * at(i, j));
    }
  }
  const solution: number[] = [];
  for (let i = rows.length - 1; i >= 0; i--) {
    const known = solution.reduce((sum, value, back) => sum + value * at(i, rows.length - 1 - back), 0);
    solution.push((at(i, rows.length) - known) / at(i, i));
  }
  return solution.reverse();
}

/** Nothing is said of more users than so many times the last rung. */
const FURTHEST = 2;

/** By less than this share, throughput does not grow. */
const GROWTH = 0.05;
const RESAMPLES = 400;
const SEED = 5;

/**
 * @param points several of each number of users, as the windows of a rung
 * @returns null where there are too few numbers of users
 */
export function capacityOf(points: readonly LoadPoint[]): Capacity | null {
  const law = fitScalability(points);
  if (!law) return null;
  const rungs = points.map(({ users }) => users);
  const last = Math.max(...rungs);
  const limit = FURTHEST * last;
  const seen = ceilingOf(law, limit);
  const random = quickRandom(SEED);
  const alike = points.map(({ users }) => points.filter((point) => point.users === users));
  const others = Array.from({ length: RESAMPLES }, () => fitScalability(resampled(alike, random)))
    .filter((one) => one !== null)
    .map((one) => ceilingOf(one, limit));
  return {
    law,
    perS: { value: seen.perS, interval: central(others.map(({ perS }) => perS)) },
    users: { value: seen.users, interval: central(others.map(({ users }) => users)) },
    peakUsers: seen.peakUsers,
    growing: seen.peakUsers === null && seen.perS > (1 + GROWTH) * throughputAt(law, last),
    from: Math.min(...rungs),
    limit,
  };
}

/** Where the most throughput is, dN X = 0 at N² = (1 − σ) / κ, or the end of what may be said. */
function ceilingOf(law: ScalabilityLaw, limit: number) {
  const { lambda, sigma, kappa } = law;
  const peak = sigma < 1 ? Math.sqrt((1 - sigma) / kappa) : 1;
  const perS = throughputAt(law, Math.min(Math.max(1, peak), limit));
  // The asymptotic bounds of P. J. Denning & J. P. Buzen, "The operational analysis of queueing network models", 1978.
  return { perS, users: perS / lambda, peakUsers: peak <= limit ? Math.max(1, peak) : null };
}

/**
 * As many points of each number of users as there were, with repetition. B. Efron, Annals of Statistics 1979.
 * @param alike for each point, those of the same number of users
 */
const resampled = (alike: readonly LoadPoint[][], random: Random): LoadPoint[] =>
  alike.map((points) => points[Math.floor(random() * points.length)] as LoadPoint);

/** The middle 95 %. */
function central(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}
