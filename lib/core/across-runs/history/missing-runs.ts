import { median } from '../../numbers/index.ts';

const HOUR_MS = 3_600_000;
const DAY = 24;
/** Usual intervals between scheduled runs, in hours. */
const CADENCES = [1, 2, 3, 4, 6, 8, 12, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY];

/** Minimum number of intervals between runs that are needed to infer a schedule. */
const MIN_INTERVALS = 4;
/** A run is on time if its start deviates from the schedule by at most this fraction of the usual interval. */
const TOLERANCE = 0.25;
/**
 * Minimum share of intervals between runs that must equal the usual interval or, if runs are missing, a multiple of
 * that interval.
 */
const REGULAR_SHARE = 2 / 3;

/**
 * Infers the scheduled interval between runs, in ms. Returns null if there are too few runs, or if the runs are
 * irregular.
 * @param atMs start times of the runs, in ascending order
 */
export function inferredCadenceMs(atMs: readonly number[]): number | null {
  const intervals = atMs.slice(1).map((ms, i) => ms - (atMs[i] as number));
  if (intervals.length < MIN_INTERVALS) return null;
  const usual = CADENCES.map((hours) => hours * HOUR_MS).find((ms) => isNear(median(intervals), ms, 1));
  if (usual === undefined) return null;
  const regular = intervals.filter((ms) => isNear(ms, usual, Math.max(1, Math.round(ms / usual))));
  return regular.length >= REGULAR_SHARE * intervals.length ? usual : null;
}

const isNear = (ms: number, usual: number, times: number): boolean => Math.abs(ms - times * usual) <= TOLERANCE * usual;

/**
 * Returns the times at which runs are missing. If the time between two runs is about n scheduled intervals, n − 1 runs
 * are missing between them, at equal distances.
 * @param atMs start times of the runs, in ascending order
 * @param everyMs the scheduled interval
 * @param untilMs the time up to which runs were due
 */
export function missingRunTimes(atMs: readonly number[], everyMs: number, untilMs: number): number[] {
  return atMs.flatMap((ms, i) => {
    const next = atMs[i + 1] ?? untilMs;
    const missing = Math.max(0, Math.round((next - ms) / everyMs) - 1);
    // After the last run, place missing runs at exact multiples of the scheduled interval, because no later run ends
    // the gap.
    const intervalMs = i + 1 < atMs.length ? (next - ms) / (missing + 1) : everyMs;
    return Array.from({ length: missing }, (_, k) => Math.round(ms + (k + 1) * intervalMs));
  });
}
