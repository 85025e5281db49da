import { mean } from '../numbers/index.ts';
import { MIN_BOOTSTRAP_WINDOWS } from './estimate.ts';
import type { ExcerptPart, ExcerptWindows } from './excerpt.ts';

/**
 * What each window of two runs contributes to the difference between the runs, relative to the mean. The variation of
 * these contributions gives the uncertainty of the difference. Windows are paired by their position in the workload, so
 * that differences between its phases cancel out. A part with too few windows of its own uses the windows of the whole
 * run, because disturbances of the run also affect its parts. Returns an empty list if no windows are usable for the
 * figure.
 */
export type WindowContributions = readonly number[];

/** One part of a run, with the windows of the whole run. */
export interface RunPart {
  part: ExcerptPart;
  windows: ExcerptWindows | null;
}

/** Returns what each window contributes to the difference of the logarithms of a percentile. */
export function percentileContributions(
  before: RunPart,
  after: RunPart,
  name: 'p50' | 'p95' | 'p99',
): WindowContributions {
  const { indexes, scale } = commonWindows(before, after);
  const valuesAt = (i: number) => [before.windows?.[name][i], after.windows?.[name][i]] as const;
  const known = indexes.filter((i) => valuesAt(i).every(Boolean));
  const ratios = known.map((i) => {
    const [from, to] = valuesAt(i);
    return Math.log((to ?? 0) / (from ?? 0));
  });
  const weights = known.map((i) => (before.windows?.requests[i] ?? 0) + (after.windows?.requests[i] ?? 0));
  const weight = mean(weights);
  const center = mean(ratios.map((ratio, i) => ratio * (weights[i] ?? 0))) / weight;
  return ratios.map((ratio, i) => ((ratio - center) * (weights[i] ?? 0) * scale) / weight);
}

/** Returns what each window contributes to the difference of the logarithms of the throughput. */
export function throughputContributions(before: RunPart, after: RunPart): WindowContributions {
  const { indexes, scale } = commonWindows(before, after);
  const oldCounts = indexes.map((i) => countsAt(before, i).trials);
  const newCounts = indexes.map((i) => countsAt(after, i).trials);
  const [oldMean, newMean] = [mean(oldCounts), mean(newCounts)];
  return oldMean > 0 && newMean > 0
    ? indexes.map((_, i) => ((newCounts[i] ?? 0) / newMean - (oldCounts[i] ?? 0) / oldMean) * scale)
    : [];
}

/** Returns what each window contributes to the difference of a rate. Windows have no data on steps. */
export function rateContributions(before: RunPart, after: RunPart): WindowContributions {
  if (before.part.scope === 'step') return [];
  const { indexes, scale } = commonWindows(before, after);
  const oldDeviations = rateDeviations(before, indexes);
  const newDeviations = rateDeviations(after, indexes);
  return indexes.map((_, i) => ((newDeviations[i] ?? 0) - (oldDeviations[i] ?? 0)) * scale);
}

/**
 * How far each window deviates from the rate of the part. If the windows are of the whole run, the deviations are scaled
 * to the rate of the part.
 */
function rateDeviations(run: RunPart, indexes: readonly number[]): number[] {
  const partHits = run.part.hits;
  const counts = indexes.map((i) => countsAt(run, i));
  const trials = mean(counts.map((count) => count.trials));
  const rate = mean(counts.map(({ hits }) => hits)) / trials;
  if (!partHits || !(rate > 0)) return counts.map(() => 0);
  const proportion = partHits.count / partHits.trials / rate;
  return counts.map((count) => ((count.hits - rate * count.trials) / trials) * proportion);
}

/** Hits and trials in one window: of the flow if the part is a flow, and otherwise of all requests. */
function countsAt({ part: { scope, name }, windows }: RunPart, i: number): { hits: number; trials: number } {
  const flow = scope === 'flow' ? windows?.flows[name] : undefined;
  return flow
    ? { hits: flow.succeeded[i] ?? 0, trials: flow.iterations[i] ?? 0 }
    : { hits: windows?.errors[i] ?? 0, trials: windows?.requests[i] ?? 0 };
}

/**
 * Finds the windows to use for a part.
 * @returns `scale` is the factor by which contributions count more if the part covers only some of the windows
 */
function commonWindows(before: RunPart, after: RunPart): { indexes: number[]; scale: number } {
  const count = Math.min(...[before, after].map(({ windows }) => windows?.startMs.length ?? 0));
  const all = Array.from({ length: count }, (_, i) => i);
  const inPart = all.filter((i) => isInPart(before, i));
  return inPart.length >= MIN_BOOTSTRAP_WINDOWS || inPart.length === 0
    ? { indexes: inPart, scale: 1 }
    : { indexes: all, scale: Math.sqrt(all.length / inPart.length) };
}

/** A window belongs to the phase that contains its midpoint. */
function isInPart({ part: { stretch }, windows }: RunPart, i: number): boolean {
  if (!stretch) return true;
  const midpoint = (windows?.startMs[i] ?? 0) + (windows?.durationMs[i] ?? 0) / 2;
  return midpoint >= stretch.startMs && midpoint < stretch.endMs;
}
