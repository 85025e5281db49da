import { PERCENTILES } from '../metrics/index.ts';
import {
  countInterval,
  emptyHistogram,
  type Interval,
  mean,
  mergeHistograms,
  percentileInterval,
  quantile,
  sum,
  wilsonInterval,
} from '../numbers/index.ts';
import {
  type DifferenceEstimate,
  estimateFromIntervals,
  estimateFromRuns,
  estimateFromWindows,
  type ValueWithInterval,
  widestEstimate,
} from './estimate.ts';
import type { Excerpt, ResourceName } from './excerpt.ts';
import {
  percentileContributions,
  type RunPart,
  rateContributions,
  throughputContributions,
} from './window-contributions.ts';

/** Methods for estimating an interval. */
export const INTERVAL_METHODS = {
  runs: "Student's t over runs",
  windows: 'block bootstrap over windows',
  ranks: 'order statistics',
  rates: "Newcombe's method",
  counts: 'Poisson counts',
} as const;
export type IntervalMethod = keyof typeof INTERVAL_METHODS;

/** One figure on both sides. For durations, throughput and resources, the estimate is the logarithm of their ratio. */
export interface Difference {
  reference: number;
  candidate: number;
  /** Null if the difference cannot be judged. The note then gives the reason. */
  estimate: DifferenceEstimate | null;
  /** Methods behind the interval of the estimate. */
  by: IntervalMethod[];
  note: string | null;
}

/** The figures of one part, from every run of a side that has this part. */
export type RunParts = readonly RunPart[];

/** Compares one figure of one part. Returns null if a run does not have the figure. */
export type FigureComparator = (reference: RunParts, candidate: RunParts) => Difference | null;

/** Minimum number of samples beyond a percentile. With fewer samples, its value depends on chance. */
const MIN_SAMPLES_BEYOND = 10;

type Percentile = 'p50' | 'p95' | 'p99';

export const percentileDifference =
  (name: Percentile): FigureComparator =>
  (reference, candidate) => {
    const sides = logarithmsOf(reference, candidate, ({ part }) => part[name]);
    if (!sides) return null;
    const q = PERCENTILES[name];
    const reason =
      tooFew(Math.round(MIN_SAMPLES_BEYOND / Math.min(q, 1 - q)), samplesOf(reference, candidate)) ?? noRatio(sides);
    const single = singleRuns(reference, candidate);
    return differenceFrom(geometricMeans(sides), reason, () => ({
      runs: estimateFromRuns(sides.reference, sides.candidate),
      // Runs can agree by chance, so the interval must not be narrower than the number of samples allows.
      ranks: estimateFromFactors(rankBounds(reference, name), rankBounds(candidate, name), sides),
      windows: single && estimateFromWindows(sides.difference, percentileContributions(...single, name)),
    }));
  };

export const throughputDifference: FigureComparator = (reference, candidate) => {
  const sides = logarithmsOf(reference, candidate, ({ part }) => part.perS);
  if (!sides) return null;
  const reason = tooFew(MIN_TRIALS, samplesOf(reference, candidate)) ?? noRatio(sides);
  return differenceFrom(geometricMeans(sides), reason, () => {
    const counts = estimateFromFactors(countBounds(reference), countBounds(candidate), sides);
    const single = singleRuns(reference, candidate);
    if (!single) return { runs: estimateFromRuns(sides.reference, sides.candidate), counts };
    const windows = estimateFromWindows(sides.difference, throughputContributions(...single));
    // Windows show the real variation of the throughput. Endpoints have no windows of their own, so counts are used too.
    const hasNoWindows = single[0].part.scope === 'endpoint';
    return { windows, counts: windows && hasNoWindows ? counts : null };
  });
};

export const rateDifference: FigureComparator = (reference, candidate) => {
  const [before, after] = [hitsOf(reference), hitsOf(candidate)];
  if (!before || !after) return null;
  const values = { reference: rateOf(before.total), candidate: rateOf(after.total) };
  const reason = tooFew(MIN_TRIALS, Math.min(before.total.trials, after.total.trials));
  const single = singleRuns(reference, candidate);
  return differenceFrom(values, reason, () => ({
    rates: estimateFromIntervals(rateBounds(before.total), rateBounds(after.total)),
    runs: estimateFromRuns(before.byRun.map(rateOf), after.byRun.map(rateOf)),
    windows: single && estimateFromWindows(values.candidate - values.reference, rateContributions(...single)),
  }));
};

interface Hits {
  count: number;
  trials: number;
}

/** Returns the hits of each run and of all runs together, or null if a run does not have the rate. */
function hitsOf(side: RunParts): { byRun: Hits[]; total: Hits } | null {
  const byRun = side.flatMap(({ part }) => part.hits ?? []);
  const total = {
    count: sum(byRun.map(({ count }) => count)),
    trials: sum(byRun.map(({ trials }) => trials)),
  };
  return byRun.length < side.length || total.trials === 0 ? null : { byRun, total };
}

const rateOf = ({ count, trials }: Hits): number => count / trials;

const ONE_VALUE = 'only one value per run, so the variation between runs is unknown';

/** Compares a resource. A run has only one value of a resource, so judging a difference requires several runs. */
export function resourceDifference(
  name: ResourceName,
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
): Difference | null {
  const sides = logarithmsOf(reference, candidate, ({ resources }) => resources[name]);
  if (!sides) return null;
  const runs = estimateFromRuns(sides.reference, sides.candidate);
  return differenceFrom(geometricMeans(sides), noRatio(sides) ?? (runs ? null : ONE_VALUE), () => ({ runs }));
}

/** Minimum number of trials of a rate. */
const MIN_TRIALS = 30;

/** Returns the number of samples of the side with fewer samples, or null if unknown. */
function samplesOf(reference: RunParts, candidate: RunParts): number | null {
  const counts = [reference, candidate].map((side) => side.map(({ part }) => part.count));
  return counts.flat().includes(null) ? null : Math.min(...counts.map((side) => sum(side.map((count) => count ?? 0))));
}

const tooFew = (required: number, actual: number | null): string | null =>
  actual !== null && actual < required ? `requires ${required} samples, but has ${actual}` : null;

const noRatio = ({ reference, candidate }: Logarithms): string | null =>
  [...reference, ...candidate].every(Number.isFinite) ? null : 'the value is 0 on one side, so there is no ratio';

/** With one run per side, only the variation within the runs is known, not the variation between runs. */
export const isOneRunPerSide = (reference: readonly unknown[], candidate: readonly unknown[]): boolean =>
  reference.length === 1 && candidate.length === 1;

function singleRuns(reference: RunParts, candidate: RunParts): [RunPart, RunPart] | null {
  const [before] = reference;
  const [after] = candidate;
  return before && after && isOneRunPerSide(reference, candidate) ? [before, after] : null;
}

interface Logarithms {
  reference: number[];
  candidate: number[];
  difference: number;
}

/** Logarithms of a figure, one value per run. Returns null if a run does not have the figure. */
function logarithmsOf<T>(
  reference: readonly T[],
  candidate: readonly T[],
  select: (run: T) => number | null,
): Logarithms | null {
  const logarithms = (side: readonly T[]) =>
    side.flatMap((run) => {
      const value = select(run);
      return value === null ? [] : [Math.log(value)];
    });
  const [before, after] = [logarithms(reference), logarithms(candidate)];
  if (before.length < reference.length || after.length < candidate.length) return null;
  return {
    reference: before,
    candidate: after,
    difference: mean(after) - mean(before),
  };
}

/** Returns the geometric mean of each side. Their ratio corresponds to the difference of the logarithms. */
const geometricMeans = ({ reference, candidate }: Logarithms) => ({
  reference: Math.exp(mean(reference)),
  candidate: Math.exp(mean(candidate)),
});

/** @param reason why the difference cannot be judged; null if it can */
function differenceFrom(
  values: Pick<Difference, 'reference' | 'candidate'>,
  reason: string | null,
  estimatesOf: () => Partial<Record<IntervalMethod, DifferenceEstimate | null>>,
): Difference {
  const estimates = Object.entries(reason === null ? estimatesOf() : {});
  const known = estimates.filter(([, estimate]) => estimate) as [IntervalMethod, DifferenceEstimate][];
  return {
    ...values,
    estimate: widestEstimate(known.map(([, estimate]) => estimate)),
    by: known.map(([method]) => method),
    note: known.length > 0 ? null : (reason ?? 'its uncertainty is unknown'),
  };
}

/** An interval whose bounds are factors of the value. */
type Factors = Interval;

const estimateFromFactors = (
  reference: Factors | null,
  candidate: Factors | null,
  sides: Logarithms,
): DifferenceEstimate | null =>
  reference &&
  candidate &&
  estimateFromIntervals(around(mean(sides.reference), reference), around(mean(sides.candidate), candidate));

const around = (value: number, { low, high }: Factors): ValueWithInterval => ({
  value,
  low: value + Math.min(0, Math.log(low)),
  high: value + Math.max(0, Math.log(high)),
});

/** Bounds of a percentile from order statistics. Returns null if a run has no histogram. */
function rankBounds(side: RunParts, name: Percentile): Factors | null {
  const histograms = side.flatMap(({ part }) => part.histogram ?? []);
  if (histograms.length < side.length) return null;
  const merged = histograms.reduce(mergeHistograms, emptyHistogram());
  const q = PERCENTILES[name];
  return asFactors(percentileInterval(merged, q), quantile(merged, q));
}

function countBounds(side: RunParts): Factors | null {
  const count = sum(side.map(({ part }) => part.count ?? 0));
  return count === 0 ? null : asFactors(countInterval(count), count);
}

const asFactors = ({ low, high }: Interval, value: number): Factors => ({
  low: low / value,
  high: high / value,
});

const rateBounds = (hits: Hits): ValueWithInterval => ({
  value: rateOf(hits),
  ...wilsonInterval(hits.count, hits.trials),
});
