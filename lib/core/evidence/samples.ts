import { median } from '../numbers/index.ts';
import type { Samples, Windows } from './result.ts';

/** One sample of one column. */
export interface SamplePoint {
  /** From the start of the run. */
  atMs: number;
  value: number;
}

/** Returns the samples of a column, without null values. */
export const pointsOf = (samples: Samples | undefined, column: string): SamplePoint[] =>
  completeRows(samples, column).map((row) => ({ atMs: row.atMs, value: row[column] as number }));

export const columnValues = (samples: Samples | undefined, column: string): number[] =>
  pointsOf(samples, column).map(({ value }) => value);

/** Returns the samples in a period, including its start and end. */
export const samplesBetween = <T extends { atMs: number }>(samples: readonly T[], fromMs: number, toMs: number): T[] =>
  samples.filter(({ atMs }) => fromMs <= atMs && atMs <= toMs);

/** Returns the samples in which all given columns have a value. */
export function completeRows<Column extends string>(
  samples: Samples | undefined,
  ...columns: Column[]
): ({ atMs: number } & Record<Column, number>)[] {
  if (!samples) return [];
  return samples.atMs.flatMap((atMs, i) => {
    const values = columns.map((column) => samples.columns[column]?.[i] ?? null);
    return values.includes(null)
      ? []
      : [{ atMs, ...Object.fromEntries(columns.map((column, n) => [column, values[n]])) } as never];
  });
}

/** Returns the median interval between consecutive times; 0 for fewer than two times. */
export const typicalGapMs = (times: readonly number[]): number =>
  times.length < 2 ? 0 : median(times.slice(1).map((atMs, i) => atMs - (times[i] as number)));

/** Increase of a counter. Like Prometheus, treats a counter that falls as reset to 0. */
export const increaseSince = (before: number, now: number): number => (now < before ? now : now - before);

/** Increase of a counter from one sample to the next. */
export interface CounterRise {
  fromMs: number;
  toMs: number;
  increase: number;
  perS: number;
  /** True if the counter was reset, usually because another process took over. */
  wasReset: boolean;
}

export function counterRises(points: readonly SamplePoint[]): CounterRise[] {
  return points.slice(1).flatMap(({ atMs, value }, i) => {
    const before = points[i] as SamplePoint;
    const increase = increaseSince(before.value, value);
    const seconds = (atMs - before.atMs) / 1000;
    return seconds > 0
      ? [
          {
            fromMs: before.atMs,
            toMs: atMs,
            increase,
            perS: increase / seconds,
            wasReset: value < before.value,
          },
        ]
      : [];
  });
}

/** Total increase of a counter. */
export const totalIncrease = (points: readonly SamplePoint[]): number =>
  counterRises(points).reduce((sum, { increase }) => sum + increase, 0);

/** Returns hits as a share of hits and misses; null if both are 0. */
export const hitRate = (hits: number, misses: number): number | null =>
  hits + misses > 0 ? hits / (hits + misses) : null;

/** Share of a steady load that counts as warm-up, in which caches fill and code is compiled. */
export const WARM_UP_SHARE = 1 / 3;
/** Block length: the lowest of this many consecutive samples approximates memory after a garbage collection. */
export const SAMPLES_PER_BLOCK = 3;
export const MAX_BLOCKS = 12;

/**
 * Approximates memory after garbage collections: the lowest sample of each block, with the samples split evenly into
 * consecutive blocks. The size of a heap between two collections is not meaningful.
 */
export function lowerEnvelope<Sample>(
  samples: readonly Sample[],
  blocks: number,
  bytesOf: (sample: Sample) => number,
): Sample[] {
  return Array.from({ length: blocks }, (_, i) =>
    samples
      .slice(Math.floor((i * samples.length) / blocks), Math.floor(((i + 1) * samples.length) / blocks))
      .reduce((lowest, sample) => (bytesOf(sample) < bytesOf(lowest) ? sample : lowest)),
  );
}

/** Windows as rows instead of columns; null means that there was nothing to measure. */
export const windowRows = (windows: Windows) =>
  windows.startMs.map((fromMs, i) => {
    const durationMs = windows.durationMs[i] ?? 0;
    return {
      fromMs,
      toMs: fromMs + durationMs,
      seconds: durationMs / 1000,
      requests: windows.requests[i] ?? 0,
      errors: windows.errors[i] ?? 0,
      vus: windows.vus[i] ?? null,
      meanMs: windows.meanMs[i] ?? null,
      p50Ms: windows.p50Ms[i] ?? null,
      p95Ms: windows.p95Ms[i] ?? null,
    };
  });

export type WindowRow = ReturnType<typeof windowRows>[number];
