import { mean } from '../numbers/index.ts';
import { MIN_BOOTSTRAP_WINDOWS } from './estimate.ts';
import type { ExcerptPart, ExcerptWindows } from './excerpt.ts';

/**
 * What each window of two runs adds to or takes from the difference between them, about the mean: by how much these
 * vary, the difference may be off. Windows of two runs of one workload belong together by their place in it, so that
 * its ups and downs cancel out. Where no windows are kept of a part, or too few, those of the whole run stand in: what
 * shakes the whole shakes its parts. Empty where that says nothing of the figure either.
 */
export type WindowContributions = readonly number[];

/** Figures of one part of a run, with the windows of the whole of it. */
export interface RunPart {
  part: ExcerptPart;
  windows: ExcerptWindows | null;
}

/** The difference is one of logarithms. */
export function percentileContributions(
  before: RunPart,
  after: RunPart,
  name: 'p50' | 'p95' | 'p99',
): WindowContributions {
  const { indexes, scale } = commonWindows(before, after);
  const both = (i: number) => [before.windows?.[name][i], after.windows?.[name][i]] as const;
  const known = indexes.filter((i) => both(i).every(Boolean));
  const ratios = known.map((i) => {
    const [from, to] = both(i);
    return Math.log((to ?? 0) / (from ?? 0));
  });
  const weights = known.map((i) => (before.windows?.requests[i] ?? 0) + (after.windows?.requests[i] ?? 0));
  const weight = mean(weights);
  const centre = mean(ratios.map((ratio, i) => ratio * (weights[i] ?? 0))) / weight;
  return ratios.map((ratio, i) => ((ratio - centre) * (weights[i] ?? 0) * scale) / weight);
}

/** The difference is one of logarithms. */
export function throughputContributions(before: RunPart, after: RunPart): WindowContributions {
  const { indexes, scale } = commonWindows(before, after);
  const [froms, tos] = [before, after].map((run) => indexes.map((i) => slotOf(run, i).trials));
  const [from, to] = [mean(froms ?? []), mean(tos ?? [])];
  return from > 0 && to > 0
    ? indexes.map((_, i) => ((tos?.[i] ?? 0) / to - (froms?.[i] ?? 0) / from) * scale)
    : [];
}

/** Of a step, windows tell neither attempts nor successes. */
export function rateContributions(before: RunPart, after: RunPart): WindowContributions {
  if (before.part.scope === 'step') return [];
  const { indexes, scale } = commonWindows(before, after);
  const [froms, tos] = [before, after].map((run) => sharesOfRate(run, indexes));
  return indexes.map((_, i) => ((tos?.[i] ?? 0) - (froms?.[i] ?? 0)) * scale);
}

/** Where the windows are of the whole and the rate is of a part, they vary in proportion to it. */
function sharesOfRate(run: RunPart, indexes: readonly number[]): number[] {
  const own = run.part.hits;
  const slots = indexes.map((i) => slotOf(run, i));
  const trials = mean(slots.map((slot) => slot.trials));
  const rate = mean(slots.map(({ hits }) => hits)) / trials;
  if (!own || !(rate > 0)) return slots.map(() => 0);
  const proportion = own.count / own.trials / rate;
  return slots.map((slot) => ((slot.hits - rate * slot.trials) / trials) * proportion);
}

function slotOf({ part: { scope, name }, windows }: RunPart, i: number): { hits: number; trials: number } {
  const flow = scope === 'flow' ? windows?.flows[name] : undefined;
  return flow
    ? { hits: flow.succeeded[i] ?? 0, trials: flow.iterations[i] ?? 0 }
    : { hits: windows?.errors[i] ?? 0, trials: windows?.requests[i] ?? 0 };
}

/** @returns also by how much shares count for more, where fewer windows than these are of the part itself */
function commonWindows(before: RunPart, after: RunPart): { indexes: number[]; scale: number } {
  const count = Math.min(...[before, after].map(({ windows }) => windows?.startMs.length ?? 0));
  const all = Array.from({ length: count }, (_, i) => i);
  const own = all.filter((i) => isWithin(before, i));
  return own.length >= MIN_BOOTSTRAP_WINDOWS || own.length === 0
    ? { indexes: own, scale: 1 }
    : { indexes: all, scale: Math.sqrt(all.length / own.length) };
}

/** A window belongs to the phase that its middle lies in. */
function isWithin({ part: { stretch }, windows }: RunPart, i: number): boolean {
  if (!stretch) return true;
  const middle = (windows?.startMs[i] ?? 0) + (windows?.durationMs[i] ?? 0) / 2;
  return middle >= stretch.startMs && middle < stretch.endMs;
}
