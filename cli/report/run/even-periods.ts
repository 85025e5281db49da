import type { Result } from '../../../lib/core/evidence/index.ts';
import { sum } from '../../../lib/core/numbers/index.ts';

/** An even piece of a run, in ms from its start. */
export interface EvenPeriod {
  fromMs: number;
  toMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Lengths that are easy to read off a clock; none is more than twice the one before it. */
const LENGTHS = [
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((s) => s * SECOND),
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR),
];

/**
 * The shortest length of the clock that cuts a run into at most so many stretches: no fewer than half as many.
 * @param shortestMs what the run is known by has no finer resolution
 */
export function evenPeriodLengthMs(totalMs: number, atMost: number, shortestMs = 0): number {
  return LENGTHS.find((length) => length >= shortestMs && countOf(totalMs, length) <= atMost) ?? totalMs;
}

/** What is left at the end is a stretch of its own from this part of a whole one on. */
const SMALLEST_REST = 0.25;

const countOf = (totalMs: number, lengthMs: number) =>
  Math.max(1, Math.ceil(totalMs / lengthMs - SMALLEST_REST));

export function evenPeriods(totalMs: number, lengthMs: number): EvenPeriod[] {
  const count = countOf(totalMs, lengthMs);
  return Array.from({ length: count }, (_, i) => ({
    fromMs: i * lengthMs,
    toMs: i === count - 1 ? totalMs : (i + 1) * lengthMs,
  }));
}

/**
 * Indexes of the windows of each stretch: those whose middle lies in it. Each window belongs to exactly one, so that
 * the figures of all stretches add up to those of the run.
 */
export function windowIndexesByPeriod(
  stretches: readonly EvenPeriod[],
  { startMs, durationMs }: Result['windows'],
): number[][] {
  const middles = startMs.map((start, i) => start + (durationMs[i] ?? 0) / 2);
  return indexesByPeriod(stretches, middles);
}

/** The same for instants; those outside belong to the first or the last stretch. */
export function indexesByPeriod(stretches: readonly EvenPeriod[], instants: readonly number[]): number[][] {
  const members: number[][] = stretches.map(() => []);
  instants.forEach((instant, i) => {
    // Not found is -1: the last.
    members.at(stretches.findIndex(({ toMs }) => instant < toMs))?.push(i);
  });
  return members;
}

const ROWS = 10;

/** A run cut into at most so many even stretches, and the windows of each. */
export function periodsWithWindows(
  { run, windows }: Pick<Result, 'run' | 'windows'>,
  lengthMs = evenPeriodLengthMs(run.durationMs, ROWS, longestWindowMs(windows)),
): (EvenPeriod & { indexes: number[] })[] {
  const stretches = evenPeriods(run.durationMs, lengthMs);
  const members = windowIndexesByPeriod(stretches, windows);
  return stretches.map((stretch, i) => ({ ...stretch, indexes: members[i] ?? [] }));
}

export const longestWindowMs = ({ durationMs }: Result['windows']): number =>
  durationMs.reduce((longest, length) => Math.max(longest, length), 0);

export type ValueColumn = readonly (number | null)[];

/** Values at these places of a column; what is null there is left out. */
const at = (column: ValueColumn, indexes: readonly number[]) => indexes.flatMap((i) => column[i] ?? []);

export const sumAt = (column: ValueColumn, indexes: readonly number[]): number => sum(at(column, indexes));

export function maxAt(column: ValueColumn, indexes: readonly number[]): number | null {
  return at(column, indexes).reduce<number | null>(
    (highest, value) => (highest === null ? value : Math.max(highest, value)),
    null,
  );
}

export function meanAt(column: ValueColumn, indexes: readonly number[]): number | null {
  const values = at(column, indexes);
  return values.length === 0 ? null : sum(values) / values.length;
}
