import type { Samples } from './result.ts';

/** One sample of one column. */
export interface Point {
  /** From the start of the run. */
  atMs: number;
  value: number;
}

/** Samples of a column, without those in which it was not there. */
export function pointsOf(samples: Samples | undefined, column: string): Point[] {
  return rowsOf(samples, column).map((row) => ({ atMs: row.atMs, value: row[column] as number }));
}

/** Samples in which all of these columns were there. */
export function rowsOf<Column extends string>(
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

/** What a counter rose by from one sample to the next. One that falls has begun anew at 0, as Prometheus takes it. */
export interface Rise {
  fromMs: number;
  toMs: number;
  by: number;
  perS: number;
  /** The counter has begun anew: what counts is another process. */
  anew: boolean;
}

export function risesOf(points: readonly Point[]): Rise[] {
  return points.slice(1).flatMap(({ atMs, value }, i) => {
    const before = points[i] as Point;
    const anew = value < before.value;
    const by = anew ? value : value - before.value;
    const seconds = (atMs - before.atMs) / 1000;
    return seconds > 0 ? [{ fromMs: before.atMs, toMs: atMs, by, perS: by / seconds, anew }] : [];
  });
}

/** How much a counter rose in all. */
export const increaseOf = (points: readonly Point[]): number =>
  risesOf(points).reduce((sum, { by }) => sum + by, 0);
