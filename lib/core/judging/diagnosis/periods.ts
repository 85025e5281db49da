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

/** Part of a run, in ms from its start. */
export interface Period {
  fromMs: number;
  toMs: number;
}

/** All of the time under load. */
export const wholeRun = ({ run }: Evidence): Period => ({ fromMs: 0, toMs: run.durationMs });

export const samplesUnderLoad = <T extends { atMs: number }>({ run }: Evidence, points: readonly T[]): T[] =>
  samplesBetween(points, 0, run.durationMs);

/** When something held, as far as samples tell: each stands for the time halfway to its neighbours. */
export function periodsWhere<T extends { atMs: number }>(
  points: readonly T[],
  holds: (point: T) => boolean,
): Period[] {
  const between = (i: number) => ((points[i - 1]?.atMs ?? points[i]?.atMs ?? 0) + (points[i]?.atMs ?? 0)) / 2;
  return joinPeriods(
    points.flatMap((point, i) =>
      holds(point) ? [{ fromMs: between(i), toMs: i + 1 < points.length ? between(i + 1) : point.atMs }] : [],
    ),
  );
}

/**
 * Stretches in their order, those that touch as one.
 * @param gapMs those that are no further apart, too
 */
export function joinPeriods(stretches: readonly Period[], gapMs = 0): Period[] {
  const inOrder = [...stretches].sort((a, b) => a.fromMs - b.fromMs);
  return inOrder.reduce<Period[]>((all, next) => {
    const last = all.at(-1);
    if (last && next.fromMs <= last.toMs + gapMs) last.toMs = Math.max(last.toMs, next.toMs);
    else all.push({ ...next });
    return all;
  }, []);
}

/** From the first to the last; nothing of none. */
export const spanOf = (stretches: readonly Period[]): Period => ({
  fromMs: stretches[0]?.fromMs ?? 0,
  toMs: stretches.at(-1)?.toMs ?? 0,
});

/** A probe that gave no sample for longer than this many of its intervals was silent. */
const SILENT_INTERVALS = 1.75;

/** When a probe was silent under load, from its last sign to its next; up to the end of the run, where none came. */
export function silentPeriods(evidence: Evidence, points: readonly Pick<SamplePoint, 'atMs'>[]): Period[] {
  const { durationMs } = evidence.run;
  const times = points.map(({ atMs }) => atMs);
  const usual = typicalGapMs(times);
  if (usual === 0) return [];
  return [...times, Math.max(durationMs, times.at(-1) ?? 0)].slice(1).flatMap((toMs, i) => {
    const fromMs = times[i] as number;
    return toMs - fromMs > SILENT_INTERVALS * usual && toMs > 0 && fromMs < durationMs
      ? [{ fromMs, toMs }]
      : [];
  });
}

/** Indexes of the windows whose middle lies in one of the stretches. */
export const windowIndexesIn = (windows: Windows, stretches: readonly Period[]): number[] =>
  windowRows(windows).flatMap((row, i) => (liesIn(row, stretches) ? [i] : []));

function liesIn(row: WindowRow, stretches: readonly Period[]): boolean {
  const middle = (row.fromMs + row.toMs) / 2;
  return stretches.some(({ fromMs, toMs }) => fromMs <= middle && middle < toMs);
}

/** The windows in which a count is more than none. */
export const windowsWithCount = ({ windows }: Evidence, counts: readonly number[]): Period[] =>
  windowRows(windows).filter((_, i) => (counts[i] ?? 0) > 0);

/** What windows saw together. */
export interface WindowTotals {
  requests: number;
  errors: number;
  seconds: number;
  /** Requests a second. */
  perS: number;
  /** NaN without a request. */
  meanMs: number;
  /** Mean number of VUs, of the windows that tell it; NaN where none does. */
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

/** Windows inside and outside of stretches. */
export function totalsInsideAndOutside(
  { windows }: Evidence,
  stretches: readonly Period[],
): { inside: WindowTotals; outside: WindowTotals } {
  const rows = windowRows(windows);
  return {
    inside: windowTotalsOf(rows.filter((row) => liesIn(row, stretches))),
    outside: windowTotalsOf(rows.filter((row) => !liesIn(row, stretches))),
  };
}

/**
 * The rate that the planned load would have, were nobody kept waiting. In a closed model those who wait send
 * nothing: of N users of whom Q wait, the other N - Q send all requests, and without a queue all N would.
 * In an open model nobody waits to be sent: what arrives is the load.
 */
export function offeredPerS({ run, generator }: Evidence, seen: WindowTotals, queue: number): number {
  if (run.workload.model === 'open') return seen.perS;
  const planned = generator.vusPlanned || run.workload.peakVUs;
  const vus = Number.isNaN(seen.vus) ? planned : seen.vus;
  return (seen.perS / Math.max(vus - queue, vus * FEWEST_SENDING)) * planned;
}

/** Who waits is counted by samples, and never quite everybody. */
const FEWEST_SENDING = 0.1;

/** Changes in the load of as little as this are none. */
const STEADY = 0.1;

/** The longest stretch of windows under which the number of VUs stayed the same; nothing of a run without any. */
export function longestSteadyPeriod({ windows }: Evidence): Period {
  let longest: Period = { fromMs: 0, toMs: 0 };
  let current: (Period & { vus: number }) | null = null;
  for (const { fromMs, toMs, vus } of windowRows(windows)) {
    if (!vus) current = null;
    else if (current && Math.abs(vus - current.vus) <= STEADY * current.vus) current.toMs = toMs;
    else current = { fromMs, toMs, vus };
    if (current && current.toMs - current.fromMs > longest.toMs - longest.fromMs)
      longest = { fromMs: current.fromMs, toMs: current.toMs };
  }
  return longest;
}
