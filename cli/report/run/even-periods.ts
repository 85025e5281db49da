import type { Result } from '../../../lib/core/evidence/index.ts';
import { sum } from '../../../lib/core/numbers/index.ts';

/** One of several periods of equal length, in ms from the start of the run. */
export interface EvenPeriod {
  fromMs: number;
  toMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Round lengths in ms. None is more than twice as long as the one before. */
const LENGTHS = [
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((s) => s * SECOND),
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR),
];

/**
 * The shortest round length that divides a run into at most `maxCount` periods, and usually at least half as many.
 * @param minLengthMs the resolution of the data, so that every period contains some
 */
export function evenPeriodLengthMs(totalMs: number, maxCount: number, minLengthMs = 0): number {
  return LENGTHS.find((length) => length >= minLengthMs && countOf(totalMs, length) <= maxCount) ?? totalMs;
}

/** A remainder at the end gets its own period if it is at least this share of a full one. */
const MIN_REMAINDER = 0.25;

const countOf = (totalMs: number, lengthMs: number) => Math.max(1, Math.ceil(totalMs / lengthMs - MIN_REMAINDER));

export function evenPeriods(totalMs: number, lengthMs: number): EvenPeriod[] {
  const count = countOf(totalMs, lengthMs);
  return Array.from({ length: count }, (_, i) => ({
    fromMs: i * lengthMs,
    toMs: i === count - 1 ? totalMs : (i + 1) * lengthMs,
  }));
}

/**
 * Indexes of the windows in each period. A window belongs to the one period that contains its middle, so the values of
 * all periods add up to those of the run.
 */
export function windowIndexesByPeriod(
  periods: readonly EvenPeriod[],
  { startMs, durationMs }: Result['windows'],
): number[][] {
  const middles = startMs.map((start, i) => start + (durationMs[i] ?? 0) / 2);
  return indexesByPeriod(periods, middles);
}

/** Indexes of the instants in each period. Instants outside belong to the first or the last period. */
export function indexesByPeriod(periods: readonly EvenPeriod[], instants: readonly number[]): number[][] {
  const indexes: number[][] = periods.map(() => []);
  instants.forEach((instant, i) => {
    // findIndex returns -1 for instants after the end, and at(-1) is the last period.
    indexes.at(periods.findIndex(({ toMs }) => instant < toMs))?.push(i);
  });
  return indexes;
}

const MAX_ROWS = 10;

/** Divides a run into periods of equal length, each with the indexes of its windows. */
export function periodsWithWindows(
  { run, windows }: Pick<Result, 'run' | 'windows'>,
  lengthMs = evenPeriodLengthMs(run.durationMs, MAX_ROWS, longestWindowMs(windows)),
): (EvenPeriod & { indexes: number[] })[] {
  const periods = evenPeriods(run.durationMs, lengthMs);
  const indexes = windowIndexesByPeriod(periods, windows);
  return periods.map((period, i) => ({ ...period, indexes: indexes[i] ?? [] }));
}

export const longestWindowMs = ({ durationMs }: Result['windows']): number =>
  durationMs.reduce((longest, length) => Math.max(longest, length), 0);

export type ValueColumn = readonly (number | null)[];

/** The values of a column at some indexes, without nulls. */
const valuesAt = (column: ValueColumn, indexes: readonly number[]) => indexes.flatMap((i) => column[i] ?? []);

export const sumAt = (column: ValueColumn, indexes: readonly number[]): number => sum(valuesAt(column, indexes));

export function maxAt(column: ValueColumn, indexes: readonly number[]): number | null {
  return valuesAt(column, indexes).reduce<number | null>(
    (highest, value) => (highest === null ? value : Math.max(highest, value)),
    null,
  );
}

export function meanAt(column: ValueColumn, indexes: readonly number[]): number | null {
  const values = valuesAt(column, indexes);
  return values.length === 0 ? null : sum(values) / values.length;
}
