import { increaseSince, type Samples } from '../../../lib/core/evidence/index.ts';
import { maxAt, meanAt } from './even-periods.ts';

/** What some of the samples of a probe say together; null where they say nothing. One sample is some as well. */
export type SampleFigure = (samples: Samples, indexes: readonly number[]) => number | null;

/** A figure over a whole run; null where nobody took samples. */
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

/** How much a counter grew, by what it is above the sample before each of these. */
export const increase =
  (name: string): SampleFigure =>
  (samples, indexes) =>
    growth(samples, name, indexes)?.amount ?? null;

/** A counter that was read twice within a moment says little of its rate. */
const SHORTEST_MS = 500;

export const perSecond =
  (name: string): SampleFigure =>
  (samples, indexes) => {
    const grown = growth(samples, name, indexes);
    return grown && grown.ms >= SHORTEST_MS ? grown.amount / (grown.ms / 1000) : null;
  };

/** The part that one counter has of its own and another's growth: hits among hits and misses. */
export const shareOfIncrease =
  (part: string, rest: string): SampleFigure =>
  (samples, indexes) => {
    const own = growth(samples, part, indexes)?.amount;
    const other = growth(samples, rest, indexes)?.amount;
    return own === undefined || other === undefined || own + other === 0 ? null : own / (own + other);
  };

function growth(
  samples: Samples,
  name: string,
  indexes: readonly number[],
): { amount: number; ms: number } | null {
  const column = columnOf(samples, name);
  const steps = indexes.flatMap((i) => {
    const value = column[i];
    let before = i - 1;
    while (column[before] === null) before -= 1;
    const earlier = column[before];
    if (value == null || earlier == null) return [];
    return [
      { amount: increaseSince(earlier, value), ms: (samples.atMs[i] ?? 0) - (samples.atMs[before] ?? 0) },
    ];
  });
  if (steps.length === 0) return null;
  return steps.reduce((sum, step) => ({ amount: sum.amount + step.amount, ms: sum.ms + step.ms }));
}
