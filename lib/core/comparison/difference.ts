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

/** From what an interval was made. */
export const INTERVAL_METHODS = {
  runs: "Student's t over runs",
  windows: 'block bootstrap over windows',
  ranks: 'order statistics',
  rates: "Newcombe's method",
  counts: 'Poisson counts',
} as const;
export type IntervalMethod = keyof typeof INTERVAL_METHODS;

/** A figure on both sides. Durations, throughput and resources differ by the logarithm of their ratio. */
export interface Difference {
  reference: number;
  candidate: number;
  /** Null where the difference cannot be judged, and the note says why. */
  estimate: DifferenceEstimate | null;
  by: IntervalMethod[];
  note: string | null;
}

/** One part of all the runs of a side that have it. */
export type RunParts = readonly RunPart[];

/** A difference of one figure of one part; null where a run does not have the figure. */
export type FigureComparator = (reference: RunParts, candidate: RunParts) => Difference | null;

/** Fewer samples than this beyond a percentile, and it is a matter of luck. */
const MIN_SAMPLES_BEYOND = 10;

type Percentile = 'p50' | 'p95' | 'p99';

export const percentileDifference =
  (name: Percentile): FigureComparator =>
  (reference, candidate) => {
    const sides = bothLogarithms(reference, candidate, ({ part }) => part[name]);
    if (!sides) return null;
    const q = PERCENTILES[name];
    const reason =
      tooFew(Math.round(MIN_SAMPLES_BEYOND / Math.min(q, 1 - q)), samplesOf(reference, candidate)) ??
      noRatio(sides);
    const single = onlyOnes(reference, candidate);
    return judgedBy(shown(sides), reason, () => ({
      runs: estimateFromRuns(sides.reference, sides.candidate),
      // However alike runs are by chance, their samples make them no more certain than this.
      ranks: betweenBounded(rankBounds(reference, name), rankBounds(candidate, name), sides),
      windows: single && estimateFromWindows(sides.difference, percentileContributions(...single, name)),
    }));
  };

export const throughputDifference: FigureComparator = (reference, candidate) => {
  const sides = bothLogarithms(reference, candidate, ({ part }) => part.perS);
  if (!sides) return null;
  const reason = tooFew(MIN_TRIALS, samplesOf(reference, candidate)) ?? noRatio(sides);
  return judgedBy(shown(sides), reason, () => {
    const counts = betweenBounded(countBounds(reference), countBounds(candidate), sides);
    const single = onlyOnes(reference, candidate);
    if (!single) return { runs: estimateFromRuns(sides.reference, sides.candidate), counts };
    const windows = estimateFromWindows(sides.difference, throughputContributions(...single));
    // How evenly requests come, windows know better than chance; those of an endpoint alone are not kept.
    const isWithoutWindows = single[0].part.scope === 'endpoint';
    return { windows, counts: windows && isWithoutWindows ? counts : null };
  });
};

export const rateDifference: FigureComparator = (reference, candidate) => {
  const [before, after] = [hitsOf(reference), hitsOf(candidate)];
  if (!before || !after) return null;
  const values = { reference: rateOf(before.all), candidate: rateOf(after.all) };
  const reason = tooFew(MIN_TRIALS, Math.min(before.all.trials, after.all.trials));
  const single = onlyOnes(reference, candidate);
  return judgedBy(values, reason, () => ({
    rates: estimateFromIntervals(rateBounds(before.all), rateBounds(after.all)),
    runs: estimateFromRuns(before.ofRuns.map(rateOf), after.ofRuns.map(rateOf)),
    windows: single && estimateFromWindows(values.candidate - values.reference, rateContributions(...single)),
  }));
};

interface Hits {
  count: number;
  trials: number;
}

/** Of each run and of all of them together; null where a run has none. */
function hitsOf(side: RunParts): { ofRuns: Hits[]; all: Hits } | null {
  const ofRuns = side.flatMap(({ part }) => part.hits ?? []);
  const all = {
    count: sum(ofRuns.map(({ count }) => count)),
    trials: sum(ofRuns.map(({ trials }) => trials)),
  };
  return ofRuns.length < side.length || all.trials === 0 ? null : { ofRuns, all };
}

const rateOf = ({ count, trials }: Hits): number => count / trials;

const ONE_VALUE = 'a run has one value of it: how much runs differ is not known';

/** A resource has one value a run, of which nothing can be said before there are several runs. */
export function resourceDifference(
  name: ResourceName,
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
): Difference | null {
  const sides = bothLogarithms(reference, candidate, ({ resources }) => resources[name]);
  if (!sides) return null;
  const runs = estimateFromRuns(sides.reference, sides.candidate);
  return judgedBy(shown(sides), noRatio(sides) ?? (runs ? null : ONE_VALUE), () => ({ runs }));
}

/** Of fewer trials a rate says nothing. */
const MIN_TRIALS = 30;

/** Of the side that has fewer; null where nobody knows. */
function samplesOf(reference: RunParts, candidate: RunParts): number | null {
  const counts = [reference, candidate].map((side) => side.map(({ part }) => part.count));
  return counts.flat().includes(null)
    ? null
    : Math.min(...counts.map((side) => sum(side.map((count) => count ?? 0))));
}

const tooFew = (needed: number, there: number | null): string | null =>
  there !== null && there < needed ? `takes ${needed} samples, and there are ${there}` : null;

const noRatio = ({ reference, candidate }: Logarithms): string | null =>
  [...reference, ...candidate].every(Number.isFinite) ? null : 'it is 0 on one side, and has no ratio';

/** With one run a side, the run cannot be the unit: what varied within the two is all that is known. */
export const isOneRunPerSide = (reference: readonly unknown[], candidate: readonly unknown[]): boolean =>
  reference.length === 1 && candidate.length === 1;

function onlyOnes(reference: RunParts, candidate: RunParts): [RunPart, RunPart] | null {
  const [before] = reference;
  const [after] = candidate;
  return before && after && isOneRunPerSide(reference, candidate) ? [before, after] : null;
}

interface Logarithms {
  reference: number[];
  candidate: number[];
  difference: number;
}

/** The logarithms of a figure, a value a run; null where a run has none. */
function bothLogarithms<T>(
  reference: readonly T[],
  candidate: readonly T[],
  of: (run: T) => number | null,
): Logarithms | null {
  const logarithms = (side: readonly T[]) =>
    side.flatMap((run) => {
      const value = of(run);
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

/** Geometric means, of which the difference of logarithms is the ratio. */
const shown = ({ reference, candidate }: Logarithms) => ({
  reference: Math.exp(mean(reference)),
  candidate: Math.exp(mean(candidate)),
});

/** @param reason why the difference cannot be judged; null where it can */
function judgedBy(
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
    note: known.length > 0 ? null : (reason ?? 'nothing tells how uncertain it is'),
  };
}

/** How far a figure may be off by its samples, as factors of it. */
type Factors = Interval;

const betweenBounded = (
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

/** From the samples whose ranks its interval reaches to; null where they were not kept of every run. */
function rankBounds(side: RunParts, name: Percentile): Factors | null {
  const histograms = side.flatMap(({ part }) => part.histogram ?? []);
  if (histograms.length < side.length) return null;
  const all = histograms.reduce(mergeHistograms, emptyHistogram());
  const q = PERCENTILES[name];
  return asFactors(percentileInterval(all, q), quantile(all, q));
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
