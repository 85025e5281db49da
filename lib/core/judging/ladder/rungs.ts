import {
  completeRows,
  counterRises,
  type Evidence,
  type PhaseFigures,
  PM2_COLUMNS,
  PROCESS_COLUMNS,
  pointsOf,
  REQUESTS_FAIL_ISSUE,
  type Result,
  type Rung,
  samplesBetween,
  TARGET_COLUMNS,
  windowRows,
} from '../../evidence/index.ts';
import { mean, sum } from '../../numbers/index.ts';
import { cpuSharesOf, targetCores, targetProcesses } from './processes.ts';
import type { LoadPoint } from './scalability.ts';

/** The rungs of a run in order; empty if its workload is not a ladder. */
export function rungsOf(result: Result): Rung[] {
  const { workload } = result.run;
  if (workload.kind !== 'ladder') return [];
  return workload.phases.flatMap(({ name, offered }) => {
    const figures = result.phases.find((phase) => phase.name === name);
    return figures && offered && offered.from === offered.to ? [rungOf(result, figures, offered.to)] : [];
  });
}

function rungOf(result: Result, figures: PhaseFigures, users: number): Rung {
  const { name, requests, errorRate, responseTimeMs, throughputPerS } = figures;
  const within = <T extends { atMs: number }>(samples: readonly T[]) =>
    samplesBetween(samples, figures.startMs, figures.endMs);
  const measured = requests > 0;
  const cores = coresUsed(result, within);
  const busy = busyCores(result, within, cores);
  const { lagMs, pool } = targetAverages(result, within);
  const broken = result.criteria.some(({ phases, status }) => status === 'fail' && phases?.includes(name));
  return {
    phase: name,
    users,
    success: measured ? 1 - errorRate : null,
    p95Ms: measured ? responseTimeMs.p95 : null,
    p99Ms: measured ? responseTimeMs.p99 : null,
    perS: throughputPerS * (1 - errorRate),
    cores,
    busy,
    cpuMs: cores !== null && throughputPerS > 0 ? (1000 * cores) / throughputPerS : null,
    lagMs,
    pool,
    errors: errorShares(result, figures),
    broken,
    issue:
      cpuIssue(busy, targetCores(result)) ?? (broken || errorRate >= MIN_ERROR_RATE ? issueOf(result, figures) : null),
  };
}

/** Returns the samples that lie within the rung. */
type Within = <T extends { atMs: number }>(samples: readonly T[]) => T[];

/** Reads the target's own CPU counter, or PM2 if the target has no such counter. */
function coresUsed({ resources }: Evidence, within: Within): number | null {
  const rises = counterRises(within(pointsOf(resources.target, TARGET_COLUMNS.cpuSeconds)));
  if (rises.length > 0)
    return sum(rises.map(({ increase }) => increase)) / sum(rises.map(({ fromMs, toMs }) => (toMs - fromMs) / 1000));
  const shares = within(pointsOf(resources.pm2, PM2_COLUMNS.cpuShare));
  return shares.length > 0 ? mean(shares.map(({ value }) => value)) : null;
}

/** A process that uses at least this share of a core counts as saturated; measured use stays a little below 1. */
const MIN_BUSY_SHARE = 0.85;

/** Work counts as unevenly spread if a process uses less than this fraction of the CPU of the busiest process. */
const MIN_EVEN_RATIO = 0.5;

/**
 * Number of saturated cores. A JavaScript process uses at most one core. If PM2 does not report single processes, or the
 * work is spread evenly, either all processes are saturated or none.
 */
function busyCores(evidence: Evidence, within: Within, used: number | null): number {
  const shares = cpuSharesOf(evidence, within);
  if (Math.min(...shares) < MIN_EVEN_RATIO * Math.max(...shares))
    return shares.filter((share) => share >= MIN_BUSY_SHARE).length;
  if (used === null) return 0;
  const cores = targetCores(evidence) ?? Number.POSITIVE_INFINITY;
  const processes = targetProcesses(evidence);
  if (processes < cores) return used >= MIN_BUSY_SHARE * processes ? processes : 0;
  return used + coresUsedByGenerator(evidence, within) >= MIN_BUSY_SHARE * cores ? cores : 0;
}

/**
 * Returns how many cores the load generator used on the target's machine, or 0 if target and generator run on different
 * machines.
 */
function coresUsedByGenerator({ run, generator }: Evidence, within: Within): number {
  if (run.environment !== 'local') return 0;
  const shares = within(pointsOf(generator.samples, PROCESS_COLUMNS.cpuShare));
  return shares.length > 0 ? run.host.cores * mean(shares.map(({ value }) => value)) : 0;
}

const coreWords = (count: number) => (count === 1 ? 'one core' : `${count} cores`);

/** @param cores CPU cores of the machine; null if unknown */
function cpuIssue(busy: number, cores: number | null): string | null {
  if (busy === 0) return null;
  if (cores === null) return `${coreWords(busy)} busy`;
  if (busy < cores) return `${busy === 1 ? 'one' : busy} of ${cores} cores busy`;
  return cores === 1 ? 'the only core busy' : `all ${cores} cores busy`;
}

function targetAverages({ resources }: Evidence, within: Within): Pick<Rung, 'lagMs' | 'pool'> {
  const { connectionsMax, connectionsActive, connectionsWaiting, eventLoopLagP99Seconds } = TARGET_COLUMNS;
  const lags = within(pointsOf(resources.target, eventLoopLagP99Seconds));
  const rows = within(completeRows(resources.target, connectionsMax, connectionsActive, connectionsWaiting));
  const average = (select: (row: (typeof rows)[number]) => number) => mean(rows.map(select));
  return {
    lagMs: lags.length > 0 ? 1000 * mean(lags.map(({ value }) => value)) : null,
    pool:
      rows.length > 0
        ? {
            max: average((row) => row.connectionsMax),
            active: average((row) => row.connectionsActive),
            waiting: average((row) => row.connectionsWaiting),
          }
        : null,
  };
}

/** Uses the windows that lie entirely within the rung. */
function errorShares({ windows }: Evidence, { startMs, endMs }: PhaseFigures): Rung['errors'] {
  const inside = windowRows(windows).map(({ fromMs, toMs }) => startMs <= fromMs && toMs <= endMs);
  const sumInside = (counts: readonly number[]) => sum(counts.filter((_, i) => inside[i]));
  const requests = sumInside(windows.requests);
  return Object.fromEntries(
    Object.entries(windows.errorsByKind).flatMap(([kind, counts]) => {
      const count = sumInside(counts);
      return count > 0 ? [[kind, count / requests]] : [];
    }),
  );
}

/** Minimum error rate for an issue. A rung with a failed criterion has an issue at any error rate. */
const MIN_ERROR_RATE = 0.01;

/** Returns the most likely cause that has evidence from the period of the rung. */
function issueOf({ diagnosis }: Result, { startMs, endMs, errorRate }: PhaseFigures): string | null {
  const overlapping = diagnosis.filter(({ evidence }) =>
    evidence.some(({ fromMs, toMs }) => fromMs < endMs && startMs < toMs),
  );
  const [likeliest] = overlapping.sort((a, b) => b.confidence - a.confidence);
  return likeliest?.title ?? (errorRate >= MIN_ERROR_RATE ? REQUESTS_FAIL_ISSUE : null);
}

/**
 * Returns the number of users of the last rung before any criterion failed, or null if a criterion failed on the first
 * rung.
 */
export function carriedUsers(rungs: readonly Rung[]): number | null {
  const firstBroken = rungs.findIndex(({ broken }) => broken);
  return (firstBroken === -1 ? rungs : rungs.slice(0, firstBroken)).at(-1)?.users ?? null;
}

/** Successful throughput of each window that lies entirely within a rung. */
export function loadPointsOf({ windows, phases }: Evidence, rungs: readonly Rung[]): LoadPoint[] {
  return rungs.flatMap(({ phase, users }) => {
    const figures = phases.find(({ name }) => name === phase);
    if (!figures) return [];
    return windowRows(windows)
      .filter(({ fromMs, toMs, seconds }) => seconds > 0 && figures.startMs <= fromMs && toMs <= figures.endMs)
      .map(({ requests, errors, seconds }) => ({ users, perS: (requests - errors) / seconds }));
  });
}
