import { increaseSince, type Samples } from '../../../lib/core/evidence/index.ts';
import { maxAt, meanAt } from './even-periods.ts';

/** Computes a value from the samples at one or more indexes. Returns null if these samples contain no data. */
export type SampleFigure = (samples: Samples, indexes: readonly number[]) => number | null;

/** Computes a value from all samples of a probe. Returns null if the probe took no samples. */
export const figureOverRun = (samples: Samples | undefined, figure: SampleFigure): number | null =>
  samples ? figure(samples, [...samples.atMs.keys()]) : null;

const columnOf = ({ columns }: Samples, name: string) => columns[name] ?? [];

export const average =
  (name: string): SampleFigure =>
  (samples, indexes) =>
    meanAt(columnOf(samples, name), indexes);

export const maximum =
  (name: string): SampleFigure =>
  (samples, indexes) =>
    maxAt(columnOf(samples, name), indexes);

/** Returns the increase of a counter: the sum of the differences between each sample and the previous sample. */
export const increase =
  (name: string): SampleFigure =>
  (samples, indexes) =>
    growthOf(samples, name, indexes)?.amount ?? null;

/** If two samples are less than this time apart, no rate is computed, because it would be too inaccurate. */
const MIN_RATE_PERIOD_MS = 500;

export const perSecond =
  (name: string): SampleFigure =>
  (samples, indexes) => {
    const growth = growthOf(samples, name, indexes);
    return growth && growth.ms >= MIN_RATE_PERIOD_MS ? growth.amount / (growth.ms / 1000) : null;
  };

/**
 * Returns the increase of a counter as a share of the total increase of two counters, for example hits among hits and
 * misses.
 */
export const shareOfIncrease =
  (part: string, rest: string): SampleFigure =>
  (samples, indexes) => {
    const partAmount = growthOf(samples, part, indexes)?.amount;
    const restAmount = growthOf(samples, rest, indexes)?.amount;
    if (partAmount === undefined || restAmount === undefined || partAmount + restAmount === 0) return null;
    return partAmount / (partAmount + restAmount);
  };

/**
 * Returns the increase of a counter and the time in which it increased. Missing samples and counter resets are handled.
 */
function growthOf(samples: Samples, name: string, indexes: readonly number[]): { amount: number; ms: number } | null {
  const column = columnOf(samples, name);
  const steps = indexes.flatMap((i) => {
    const value = column[i];
    let previous = i - 1;
    while (column[previous] === null) previous -= 1;
    const previousValue = column[previous];
    if (value == null || previousValue == null) return [];
    return [
      {
        amount: increaseSince(previousValue, value),
        ms: (samples.atMs[i] ?? 0) - (samples.atMs[previous] ?? 0),
      },
    ];
  });
  if (steps.length === 0) return null;
  return steps.reduce((sum, step) => ({ amount: sum.amount + step.amount, ms: sum.ms + step.ms }));
}
