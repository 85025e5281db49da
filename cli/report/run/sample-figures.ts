import { increaseSince, type Samples } from '../../../lib/core/evidence/index.ts';
import { maxAt, meanAt } from './even-periods.ts';

/** Computes a value from the samples at some indexes (at least one). Returns null if they contain no data. */
export type SampleFigure = (samples: Samples, indexes: readonly number[]) => number | null;

/** A figure over a whole run, or null if the probe took no samples. */
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

/** How much a counter increased: the sum of its differences to the sample before each index. */
export const increase =
  (name: string): SampleFigure =>
  (samples, indexes) =>
    growthOf(samples, name, indexes)?.amount ?? null;

/** Below this time between two samples, a rate is too inaccurate. */
const MIN_RATE_PERIOD_MS = 500;

export const perSecond =
  (name: string): SampleFigure =>
  (samples, indexes) => {
    const growth = growthOf(samples, name, indexes);
    return growth && growth.ms >= MIN_RATE_PERIOD_MS ? growth.amount / (growth.ms / 1000) : null;
  };

/** The increase of one counter as a share of the increase of both, for example hits among hits and misses. */
export const shareOfIncrease =
  (part: string, rest: string): SampleFigure =>
  (samples, indexes) => {
    const partAmount = growthOf(samples, part, indexes)?.amount;
    const restAmount = growthOf(samples, rest, indexes)?.amount;
    if (partAmount === undefined || restAmount === undefined || partAmount + restAmount === 0) return null;
    return partAmount / (partAmount + restAmount);
  };

/** The increase of a counter and the time it covers. Skips missing samples and handles counter resets. */
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
