import {
  type Evidence,
  type SamplePoint,
  samplesBetween,
  typicalGapMs,
  type WindowRow,
  type Windows,
  windowRows,
} from '../../evidence/index.ts';
import { mean, sum } from '../../numbers/index.ts';

/** A period of a run, in ms from its start. */
export interface Period {
  fromMs: number;
  toMs: number;
}

/** The period under load. */
export const wholeRun = ({ run }: Evidence): Period => ({ fromMs: 0, toMs: run.durationMs });

export const samplesUnderLoad = <T extends { atMs: number }>({ run }: Evidence, points: readonly T[]): T[] =>
  samplesBetween(points, 0, run.durationMs);

/** Periods in which a condition held. Each sample stands for the time halfway to its neighbors. */
export function periodsWhere<T extends { atMs: number }>(points: readonly T[], holds: (point: T) => boolean): Period[] {
  const boundary = (i: number) => ((points[i - 1]?.atMs ?? points[i]?.atMs ?? 0) + (points[i]?.atMs ?? 0)) / 2;
  return joinPeriods(
    points.flatMap((point, i) =>
      holds(point) ? [{ fromMs: boundary(i), toMs: i + 1 < points.length ? boundary(i + 1) : point.atMs }] : [],
    ),
  );
}

/**
 * Sorts periods and joins those that overlap or touch.
 * @param gapMs also joins periods that are at most this far apart
 */
export function joinPeriods(periods: readonly Period[], gapMs = 0): Period[] {
  const sorted = [...periods].sort((a, b) => a.fromMs - b.fromMs);
  return sorted.reduce<Period[]>((joined, next) => {
    const last = joined.at(-1);
    if (last && next.fromMs <= last.toMs + gapMs) last.toMs = Math.max(last.toMs, next.toMs);
    else joined.push({ ...next });
    return joined;
  }, []);
}

/**
 * Returns the span from the start of the first period to the end of the last one, or 0 to 0 if there are no periods.
 */
export const spanOf = (periods: readonly Period[]): Period => ({
  fromMs: periods[0]?.fromMs ?? 0,
  toMs: periods.at(-1)?.toMs ?? 0,
});

/** A probe counts as silent if it has no sample for longer than this many usual sampling intervals. */
const MAX_GAP_FACTOR = 1.75;

/** Periods under load without samples of a probe, from one sample to the next or to the end of the run. */
export function silentPeriods(evidence: Evidence, points: readonly Pick<SamplePoint, 'atMs'>[]): Period[] {
  const { durationMs } = evidence.run;
  const times = points.map(({ atMs }) => atMs);
  const usual = typicalGapMs(times);
  if (usual === 0) return [];
  return [...times, Math.max(durationMs, times.at(-1) ?? 0)].slice(1).flatMap((toMs, i) => {
    const fromMs = times[i] as number;
    return toMs - fromMs > MAX_GAP_FACTOR * usual && toMs > 0 && fromMs < durationMs ? [{ fromMs, toMs }] : [];
  });
}

/** Returns the indexes of the windows whose midpoint lies in one of the periods. */
export const windowIndexesIn = (windows: Windows, periods: readonly Period[]): number[] =>
  windowRows(windows).flatMap((row, i) => (isInside(row, periods) ? [i] : []));

function isInside(row: WindowRow, periods: readonly Period[]): boolean {
  const middle = (row.fromMs + row.toMs) / 2;
  return periods.some(({ fromMs, toMs }) => fromMs <= middle && middle < toMs);
}

/** Returns the windows in which a count is above 0. */
export const windowsWithCount = ({ windows }: Evidence, counts: readonly number[]): Period[] =>
  windowRows(windows).filter((_, i) => (counts[i] ?? 0) > 0);

/** Totals over several windows. */
export interface WindowTotals {
  requests: number;
  errors: number;
  seconds: number;
  /** Requests per second. */
  perS: number;
  /** Mean response time; NaN without requests. */
  meanMs: number;
  /** Mean number of VUs over the windows that report it; NaN if none does. */
  vus: number;
}

export function windowTotalsOf(rows: readonly WindowRow[]): WindowTotals {
  const requests = sum(rows.map((row) => row.requests));
  const seconds = sum(rows.map((row) => row.seconds));
  return {
    requests,
    errors: sum(rows.map((row) => row.errors)),
    seconds,
    perS: seconds === 0 ? 0 : requests / seconds,
    meanMs: sum(rows.map((row) => row.requests * (row.meanMs ?? 0))) / requests,
    vus: mean(rows.flatMap((row) => row.vus ?? [])),
  };
}

/** Returns the totals of the windows inside the periods, and of those outside. */
export function totalsInsideAndOutside(
  { windows }: Evidence,
  periods: readonly Period[],
): { inside: WindowTotals; outside: WindowTotals } {
  const rows = windowRows(windows);
  return {
    inside: windowTotalsOf(rows.filter((row) => isInside(row, periods))),
    outside: windowTotalsOf(rows.filter((row) => !isInside(row, periods))),
  };
}

/**
 * Estimates the request rate of the planned load without queueing, in requests per second. In a closed model, waiting
 * users send nothing: if Q of N users wait, the other N - Q users send all requests, and without a queue all N users
 * would. In an open model, arrivals do not wait, so the measured rate is the load.
 */
export function offeredPerS({ run, generator }: Evidence, totals: WindowTotals, queue: number): number {
  if (run.workload.model === 'open') return totals.perS;
  const planned = generator.vusPlanned || run.workload.peakVUs;
  const vus = Number.isNaN(totals.vus) ? planned : totals.vus;
  return (totals.perS / Math.max(vus - queue, vus * MIN_SENDING_SHARE)) * planned;
}

/** Minimum share of users that count as sending. The limit is needed because the queue is only sampled. */
const MIN_SENDING_SHARE = 0.1;

/** The load is steady while the number of VUs changes by at most this share. */
const MAX_VUS_CHANGE = 0.1;

/** Returns the longest period with a steady number of VUs, or 0 to 0 without VUs. */
export function longestSteadyPeriod({ windows }: Evidence): Period {
  let longest: Period = { fromMs: 0, toMs: 0 };
  let current: (Period & { vus: number }) | null = null;
  for (const { fromMs, toMs, vus } of windowRows(windows)) {
    if (!vus) current = null;
    else if (current && Math.abs(vus - current.vus) <= MAX_VUS_CHANGE * current.vus) current.toMs = toMs;
    else current = { fromMs, toMs, vus };
    if (current && current.toMs - current.fromMs > longest.toMs - longest.fromMs)
      longest = { fromMs: current.fromMs, toMs: current.toMs };
  }
  return longest;
}
