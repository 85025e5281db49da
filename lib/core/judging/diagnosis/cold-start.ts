import { type Evidence, windowRows } from '../../evidence/index.ts';
import { formatDuration, formatMs, mean, median, pluralize } from '../../numbers/index.ts';
import type { Period } from './periods.ts';
import { certainAbsence, type DiagnosisRule, supportingSignal, uncertainAbsence } from './rule.ts';

/**
 * The first windows are slow if their p95 exceeds the median by at least MIN_SLOWDOWN_FACTOR and also by
 * MIN_SLOWDOWN_MS.
 */
const MIN_SLOWDOWN_FACTOR = 3;
const MIN_SLOWDOWN_MS = 200;
/** A slow start covers at most this share of the windows. */
const MAX_START_SHARE = 0.25;
const MIN_WINDOWS = 8;
const MIN_REQUESTS = 5;
/** Windows with a higher error rate are ignored, because refused requests are fast. */
const MAX_ERROR_RATE = 0.1;

interface SlowStart extends Period {
  p95Ms: number;
  p50Ms: number;
  laterP95Ms: number;
  laterP50Ms: number;
}

/** Returns the windows with enough requests and few errors. */
const usableWindows = ({ windows }: Evidence) =>
  windowRows(windows).flatMap((row) => {
    const { p50Ms, p95Ms, requests, errors } = row;
    const isUsable = requests >= MIN_REQUESTS && errors <= MAX_ERROR_RATE * requests;
    return isUsable && p50Ms !== null && p95Ms !== null ? [{ ...row, p50Ms, p95Ms }] : [];
  });

/**
 * Returns the slow windows at the start of the run. Returns null if there are none, or if later windows are slow as
 * well.
 */
function slowStart(evidence: Evidence): SlowStart | null {
  const windows = usableWindows(evidence);
  if (windows.length < MIN_WINDOWS) return null;
  const usual = median(windows.map(({ p95Ms }) => p95Ms));
  const bound = Math.max(MIN_SLOWDOWN_FACTOR * usual, usual + MIN_SLOWDOWN_MS);
  const end = windows.findIndex(({ p95Ms }) => p95Ms < bound);
  const start = windows.slice(0, Math.max(0, end));
  const later = windows.slice(start.length);
  const [first, last] = [start[0], start.at(-1)];
  if (!first || !last || start.length > MAX_START_SHARE * windows.length) return null;
  if (later.some(({ p95Ms }) => p95Ms >= bound)) return null;
  // A higher load at the start would explain the slow responses without a cold start.
  if (mean(start.map(({ requests }) => requests)) > mean(later.map(({ requests }) => requests))) return null;
  return {
    fromMs: first.fromMs,
    toMs: last.toMs,
    p95Ms: Math.max(...start.map(({ p95Ms }) => p95Ms)),
    p50Ms: median(start.map(({ p50Ms }) => p50Ms)),
    laterP95Ms: median(later.map(({ p95Ms }) => p95Ms)),
    laterP50Ms: median(later.map(({ p50Ms }) => p50Ms)),
  };
}

export const coldStart: DiagnosisRule = {
  cause: 'cold-start',
  title: 'Cold start',
  alternatives: ['process-crash', 'database-pool-exhausted', 'cpu-saturated'],

  suspect(evidence) {
    const start = slowStart(evidence);
    if (!start) return null;
    const { toMs, p95Ms, p50Ms, laterP95Ms, laterP50Ms } = start;
    return {
      signals: [
        supportingSignal(
          start,
          `p95 was ${formatMs(p95Ms)} in the first ${formatDuration(toMs)} and ${formatMs(laterP95Ms)} after that`,
        ),
        supportingSignal(start, 'the load at the start was no higher than later'),
        p50Ms >= MIN_SLOWDOWN_FACTOR * laterP50Ms &&
          supportingSignal(start, `p50 was ${formatMs(p50Ms)} in that time and ${formatMs(laterP50Ms)} after it`),
      ],
      recommendation: `Warm up the target before it gets traffic: open its connections, fill its caches, send it some requests, and let it report ready only then. The slow start lasted ${formatDuration(toMs)}.`,
      effect: { slowPeriods: [start] },
    };
  },

  absence(evidence) {
    const windows = usableWindows(evidence);
    const [first] = windows;
    if (!first || windows.length < MIN_WINDOWS)
      return uncertainAbsence(
        `a cold start: only ${pluralize(windows.length, 'window')} with enough requests, but ${MIN_WINDOWS} are required`,
      );
    return certainAbsence(
      `p95 was ${formatMs(first.p95Ms)} in the first window, and its median over all windows was ${formatMs(median(windows.map(({ p95Ms }) => p95Ms)))}`,
    );
  },
};
