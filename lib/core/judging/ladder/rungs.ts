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

/** The rungs of a run in their order; none where its workload is not a ladder. */
export function rungsOf(result: Result): Rung[] {
  const { workload } = result.run;
  if (workload.kind !== 'ladder') return [];
  return workload.phases.flatMap(({ name, offered }) => {
    const figures = result.phases.find((phase) => phase.name === name);
    return figures && offered && offered.from === offered.to ? [rungOf(result, figures, offered.to)] : [];
  });
}

function rungOf(result: Result, figures: PhaseFigures, users: number): Rung {
  const { name, requests, errorRate, durationMs, throughputPerS } = figures;
  const within = <T extends { atMs: number }>(samples: readonly T[]) =>
    samplesBetween(samples, figures.startMs, figures.endMs);
  const measured = requests > 0;
  const cores = coresUsed(result, within);
  const busy = busyCores(result, within, cores);
  const { lagMs, pool } = seenOfTarget(result, within);
  const broken = result.criteria.some(({ phases, status }) => status === 'fail' && phases?.includes(name));
  return {
    phase: name,
    users,
    success: measured ? 1 - errorRate : null,
    p95Ms: measured ? durationMs.p95 : null,
    p99Ms: measured ? durationMs.p99 : null,
    perS: throughputPerS * (1 - errorRate),
    cores,
    busy,
    cpuMs: cores !== null && throughputPerS > 0 ? (1000 * cores) / throughputPerS : null,
    lagMs,
    pool,
    errors: errorShares(result, figures),
    broken,
    issue:
      cpuIssue(busy, targetCores(result)) ??
      (broken || errorRate >= NOTICED ? issueOf(result, figures) : null),
  };
}

/** Picks the samples that lie within the rung. */
type Within = <T extends { atMs: number }>(samples: readonly T[]) => T[];

/** By the target's own counter, or else by PM2. */
function coresUsed({ resources }: Evidence, within: Within): number | null {
  const rises = counterRises(within(pointsOf(resources.target, TARGET_COLUMNS.cpuSeconds)));
  if (rises.length > 0)
    return (
      sum(rises.map(({ increase: by }) => by)) / sum(rises.map(({ fromMs, toMs }) => (toMs - fromMs) / 1000))
    );
  const shares = within(pointsOf(resources.pm2, PM2_COLUMNS.cpuShare));
  return shares.length > 0 ? mean(shares.map(({ value }) => value)) : null;
}

/** A process that computes all the time is seen to use a little less than its core. */
const BUSY = 0.85;

/** Processes of which one does less than this part of what another does do not share their work. */
const EVEN = 0.5;

/**
 * What runs JavaScript uses no more than a core each. Where nobody tells processes apart, or they share their work,
 * all of them are busy or none.
 */
function busyCores(evidence: Evidence, within: Within, used: number | null): number {
  const shares = cpuSharesOf(evidence, within);
  if (Math.min(...shares) < EVEN * Math.max(...shares)) return shares.filter((share) => share >= BUSY).length;
  if (used === null) return 0;
  const cores = targetCores(evidence) ?? Number.POSITIVE_INFINITY;
  const processes = targetProcesses(evidence);
  if (processes < cores) return used >= BUSY * processes ? processes : 0;
  return used + besides(evidence, within) >= BUSY * cores ? cores : 0;
}

/** Cores of the target's machine that the load generator used, where they have one machine. */
function besides({ run, generator }: Evidence, within: Within): number {
  if (run.environment !== 'local') return 0;
  const shares = within(pointsOf(generator.samples, PROCESS_COLUMNS.cpuShare));
  return shares.length > 0 ? run.host.cores * mean(shares.map(({ value }) => value)) : 0;
}

const coreWords = (count: number) => (count === 1 ? 'one core' : `${count} cores`);

/** @param cores of the machine; null where nobody knows */
function cpuIssue(busy: number, cores: number | null): string | null {
  if (busy === 0) return null;
  if (cores === null) return `${coreWords(busy)} busy`;
  if (busy < cores) return `${coreWords(busy)} busy of ${cores}`;
  return cores === 1 ? 'its only core busy' : `all ${cores} cores busy`;
}

function seenOfTarget({ resources }: Evidence, within: Within): Pick<Rung, 'lagMs' | 'pool'> {
  const { connectionsMax, connectionsActive, connectionsWaiting, eventLoopLagP99Seconds } = TARGET_COLUMNS;
  const lags = within(pointsOf(resources.target, eventLoopLagP99Seconds));
  const rows = within(completeRows(resources.target, connectionsMax, connectionsActive, connectionsWaiting));
  const average = (of: (row: (typeof rows)[number]) => number) => mean(rows.map(of));
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

/** Of the windows that lie within the rung. */
function errorShares({ windows }: Evidence, span: PhaseFigures): Rung['errors'] {
  const inside = windowRows(windows).map(({ fromMs, toMs }) => span.startMs <= fromMs && toMs <= span.endMs);
  const sumInside = (counts: readonly number[]) => sum(counts.filter((_, i) => inside[i]));
  const requests = sumInside(windows.requests);
  return Object.fromEntries(
    Object.entries(windows.errorsByKind).flatMap(([kind, counts]) => {
      const count = sumInside(counts);
      return count > 0 ? [[kind, count / requests]] : [];
    }),
  );
}

/** From this share of errors on a rung has an issue, and from a broken promise. */
const NOTICED = 0.01;

/** The likeliest cause with evidence from this time. */
function issueOf({ diagnosis }: Result, { startMs, endMs, errorRate }: PhaseFigures): string | null {
  const here = diagnosis.filter(({ evidence }) =>
    evidence.some(({ fromMs, toMs }) => fromMs < endMs && startMs < toMs),
  );
  const [likeliest] = here.sort((one, other) => other.confidence - one.confidence);
  return likeliest?.title ?? (errorRate >= NOTICED ? REQUESTS_FAIL_ISSUE : null);
}

/** The most users that were carried: all promises about that rung, and those below it, were kept. */
export function carriedUsers(rungs: readonly Rung[]): number | null {
  const first = rungs.findIndex(({ broken }) => broken);
  return (first === -1 ? rungs : rungs.slice(0, first)).at(-1)?.users ?? null;
}

/** Throughput in each window that lies within a rung. */
export function loadPointsOf({ windows, phases }: Evidence, rungs: readonly Rung[]): LoadPoint[] {
  return rungs.flatMap(({ phase, users }) => {
    const span = phases.find(({ name }) => name === phase);
    if (!span) return [];
    return windowRows(windows)
      .filter(({ fromMs, toMs, seconds }) => seconds > 0 && span.startMs <= fromMs && toMs <= span.endMs)
      .map(({ requests, errors, seconds }) => ({ users, perS: (requests - errors) / seconds }));
  });
}
