import { median } from '../numbers/index.ts';
import type { Samples, Windows } from './result.ts';

/** One sample of one column. */
export interface SamplePoint {
  /** From the start of the run. */
  atMs: number;
  value: number;
}

/** Samples of a column, without those in which it was not there. */
export const pointsOf = (samples: Samples | undefined, column: string): SamplePoint[] =>
  completeRows(samples, column).map((row) => ({ atMs: row.atMs, value: row[column] as number }));

export const columnValues = (samples: Samples | undefined, column: string): number[] =>
  pointsOf(samples, column).map(({ value }) => value);

/** Samples from one instant to another, those at both instants among them. */
export const samplesBetween = <T extends { atMs: number }>(
  samples: readonly T[],
  fromMs: number,
  toMs: number,
): T[] => samples.filter(({ atMs }) => fromMs <= atMs && atMs <= toMs);

/** Samples in which all of these columns were there. */
export function completeRows<Column extends string>(
  samples: Samples | undefined,
  ...columns: Column[]
): ({ atMs: number } & Record<Column, number>)[] {
  if (!samples) return [];
  return samples.atMs.flatMap((atMs, i) => {
    const values = columns.map((column) => samples.columns[column]?.[i] ?? null);
    return values.includes(null)
      ? []
      : [{ atMs, ...Object.fromEntries(columns.map((column, at) => [column, values[at]])) } as never];
  });
}

/** How far apart instants are as a rule; 0 of fewer than two. */
export const typicalGapMs = (times: readonly number[]): number =>
  times.length < 2 ? 0 : median(times.slice(1).map((atMs, i) => atMs - (times[i] as number)));

/** What a counter has counted since. One that falls has begun anew at 0, as Prometheus takes it. */
export const increaseSince = (before: number, now: number): number => (now < before ? now : now - before);

/** What a counter rose by from one sample to the next. */
export interface CounterRise {
  fromMs: number;
  toMs: number;
  increase: number;
  perS: number;
  /** The counter has begun anew: what counts is another process. */
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

/** How much a counter rose in all. */
export const totalIncrease = (points: readonly SamplePoint[]): number =>
  counterRises(points).reduce((sum, { increase }) => sum + increase, 0);

/** Hits among hits and misses; null where there were neither. */
export const hitRate = (hits: number, misses: number): number | null =>
  hits + misses > 0 ? hits / (hits + misses) : null;

/** Caches fill and code is compiled in this part of a steady load; then both stop. */
export const WARM_UP_SHARE = 1 / 3;
/** The lowest of so many samples is what a collection has left, and a block of them one point of the envelope. */
export const SAMPLES_PER_BLOCK = 3;
export const MAX_BLOCKS = 12;

/**
 * The memory that collections leave: the lowest sample of each of so many blocks of neighbours, as even as can be. A
 * heap between two collections says nothing.
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

/** The windows of a run one by one; a null is what there was nothing to measure of. */
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
