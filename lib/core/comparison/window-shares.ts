import { mean } from '../statistics.ts';
import { FEWEST_WINDOWS } from './estimate.ts';
import type { ExcerptWindows, Part } from './excerpt.ts';

/**
 * What each window of two runs adds to or takes from the difference between them, about the mean: by how much these
 * vary, the difference may be off. Windows of two runs of one workload belong together by their place in it, so that
 * its ups and downs cancel out. Where no windows are kept of a part, or too few, those of the whole run stand in: what
 * shakes the whole shakes its parts. Empty where that says nothing of the figure either.
 */
export type WindowShares = readonly number[];

/** Figures of one part of a run, with the windows of the whole of it. */
export interface PartOfRun {
  part: Part;
  windows: ExcerptWindows | null;
}

/** The difference is one of logarithms. */
export function percentileShares(
  before: PartOfRun,
  after: PartOfRun,
  name: 'p50' | 'p95' | 'p99',
): WindowShares {
  const { pairs, scale } = windowPairs(before, after);
  const known = pairs.flatMap(({ i, a, b }) => {
    const [from, to] = [a[name][i], b[name][i]];
    const weight = (a.requests[i] ?? 0) + (b.requests[i] ?? 0);
    return from && to ? [{ ratio: Math.log(to / from), weight }] : [];
  });
  const weight = mean(known.map((one) => one.weight));
  const centre = mean(known.map((one) => one.ratio * one.weight)) / weight;
  return known.map((one) => ((one.ratio - centre) * one.weight * scale) / weight);
}

/** The difference is one of logarithms. */
export function throughputShares(before: PartOfRun, after: PartOfRun): WindowShares {
  const { pairs, scale } = windowPairs(before, after);
  const counts = pairs.map(
    ({ i, a, b }) => [slotOf(before, a, i).trials, slotOf(after, b, i).trials] as const,
  );
  const [from, to] = [mean(counts.map(([one]) => one)), mean(counts.map(([, one]) => one))];
  return from > 0 && to > 0 ? counts.map(([one, other]) => (other / to - one / from) * scale) : [];
}

/** Of a step, windows tell neither attempts nor successes. */
export function rateShares(before: PartOfRun, after: PartOfRun): WindowShares {
  if (before.part.scope === 'step') return [];
  const { pairs, scale } = windowPairs(before, after);
  const from = sharesOfRate(
    before,
    pairs.map(({ i, a }) => slotOf(before, a, i)),
  );
  const to = sharesOfRate(
    after,
    pairs.map(({ i, b }) => slotOf(after, b, i)),
  );
  return to.map((share, i) => (share - (from[i] ?? 0)) * scale);
}

interface Slot {
  hits: number;
  trials: number;
}

/** Where the windows are of the whole and the rate is of a part, they vary in proportion to it. */
function sharesOfRate({ part: { hits: own } }: PartOfRun, slots: readonly Slot[]): number[] {
  const trials = mean(slots.map((slot) => slot.trials));
  const rate = mean(slots.map(({ hits }) => hits)) / trials;
  if (!own || !(rate > 0)) return slots.map(() => 0);
  const proportion = own.count / own.trials / rate;
  return slots.map((slot) => ((slot.hits - rate * slot.trials) / trials) * proportion);
}

function slotOf({ part: { scope, name } }: PartOfRun, windows: ExcerptWindows, i: number): Slot {
  const flow = scope === 'flow' ? windows.flows[name] : undefined;
  return flow
    ? { hits: flow.succeeded[i] ?? 0, trials: flow.iterations[i] ?? 0 }
    : { hits: windows.errors[i] ?? 0, trials: windows.requests[i] ?? 0 };
}

interface WindowPair {
  i: number;
  a: ExcerptWindows;
  b: ExcerptWindows;
}

/** @returns also by how much shares count for more, where fewer windows than these are of the part itself */
function windowPairs(before: PartOfRun, after: PartOfRun): { pairs: WindowPair[]; scale: number } {
  const { windows: a, part } = before;
  const { windows: b } = after;
  if (!a || !b) return { pairs: [], scale: 1 };
  const count = Math.min(a.startMs.length, b.startMs.length);
  const all = Array.from({ length: count }, (_, i) => ({ i, a, b }));
  const own = all.filter(({ i }) => isWithin(part, a, i));
  return own.length >= FEWEST_WINDOWS || own.length === 0
    ? { pairs: own, scale: 1 }
    : { pairs: all, scale: Math.sqrt(all.length / own.length) };
}

/** A window belongs to the phase that its middle lies in. */
function isWithin({ stretch }: Part, { startMs, durationMs }: ExcerptWindows, i: number): boolean {
  const middle = (startMs[i] ?? 0) + (durationMs[i] ?? 0) / 2;
  return !stretch || (middle >= stretch.startMs && middle < stretch.endMs);
}
