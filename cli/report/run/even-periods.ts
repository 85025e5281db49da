import type { Result } from '../../../lib/core/evidence/index.ts';
import { sum } from '../../../lib/core/numbers/index.ts';

/** One of several equally long periods of a run. Times are in ms from the start of the run. */
export interface EvenPeriod {
  fromMs: number;
  toMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Round lengths in ms, in ascending order. No length is more than twice the previous length. */
const LENGTHS = [
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((s) => s * SECOND),
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR),
];

/**
 * Returns the shortest round length that divides a run into at most `maxCount` periods. The number of periods is
 * usually at least half of `maxCount`.
 * @param minLengthMs the resolution of the data, so that every period contains data
 */
export function evenPeriodLengthMs(totalMs: number, maxCount: number, minLengthMs = 0): number {
  return LENGTHS.find((length) => length >= minLengthMs && countOf(totalMs, length) <= maxCount) ?? totalMs;
}

/**
 * The rest of a run after its last full period becomes a period of its own if it is at least this share of a full
 * period.
 */
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
 * Returns the indexes of the windows in each period. A window belongs only to the period that contains its middle, so
 * the values of all periods add up to the values of the run.
 */
export function windowIndexesByPeriod(
  periods: readonly EvenPeriod[],
  { startMs, durationMs }: Result['windows'],
): number[][] {
  const middles = startMs.map((start, i) => start + (durationMs[i] ?? 0) / 2);
  return indexesByPeriod(periods, middles);
}

/**
 * Returns the indexes of the instants in each period. An instant before or after the run belongs to the first or last
 * period.
 */
export function indexesByPeriod(periods: readonly EvenPeriod[], instants: readonly number[]): number[][] {
  const indexes: number[][] = periods.map(() => []);
  instants.forEach((instant, i) => {
    // For an instant after the end, findIndex returns -1, and at(-1) returns the last period.
    indexes.at(periods.findIndex(({ toMs }) => instant < toMs))?.push(i);
  });
  return indexes;
}

const MAX_ROWS = 10;

/** Divides a run into equally long periods, and assigns the windows of the run to the periods. */
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

/** Returns the values of a column at the given indexes, without nulls. */
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
