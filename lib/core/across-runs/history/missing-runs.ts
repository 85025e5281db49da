import { median } from '../../numbers/index.ts';

const HOUR_MS = 3_600_000;
const DAY = 24;
/** How far apart people schedule runs, in hours. */
const CADENCES = [1, 2, 3, 4, 6, 8, 12, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY];

/** With fewer intervals between runs nobody can tell how often they are meant to be. */
const MIN_INTERVALS = 4;
/** So much earlier or later than usual is still on time. */
const TOLERANCE = 0.25;
/** Of the intervals, so many have to be as usual, or a multiple of it where runs are missing. */
const REGULAR_SHARE = 2 / 3;

/**
 * How far runs are meant to be apart, as it shows; null where they come as they please.
 * @param atMs when they were, in order
 */
export function inferredCadenceMs(atMs: readonly number[]): number | null {
  const intervals = atMs.slice(1).map((ms, i) => ms - (atMs[i] as number));
  if (intervals.length < MIN_INTERVALS) return null;
  const usual = CADENCES.map((hours) => hours * HOUR_MS).find((ms) => isNear(median(intervals), ms, 1));
  if (usual === undefined) return null;
  const regular = intervals.filter((ms) => isNear(ms, usual, Math.max(1, Math.round(ms / usual))));
  return regular.length >= REGULAR_SHARE * intervals.length ? usual : null;
}

const isNear = (ms: number, usual: number, times: number): boolean =>
  Math.abs(ms - times * usual) <= TOLERANCE * usual;

/**
 * When there should have been a run and there was none: of an interval that is about n times as long as it should
 * be, n − 1 are missing, evenly spread.
 * @param atMs when there were runs, in order
 * @param untilMs up to when there should have been some
 */
export function missingRunTimes(atMs: readonly number[], everyMs: number, untilMs: number): number[] {
  return atMs.flatMap((ms, i) => {
    const next = atMs[i + 1] ?? untilMs;
    const missing = Math.max(0, Math.round((next - ms) / everyMs) - 1);
    // After the last run nobody knows when the next one is.
    const apart = i + 1 < atMs.length ? (next - ms) / (missing + 1) : everyMs;
    return Array.from({ length: missing }, (_, k) => Math.round(ms + (k + 1) * apart));
  });
}
