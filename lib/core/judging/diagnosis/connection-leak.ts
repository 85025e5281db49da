import {
  completeRows,
  type Evidence,
  pointsOf,
  type SamplePoint,
  samplesBetween,
  TARGET_COLUMNS,
} from '../../evidence/index.ts';
import { fitLine, formatNumber, pluralize, slopeInterval } from '../../numbers/index.ts';
import { poolExhaustedPeriods, poolExhaustionEffect } from './database-pool-exhausted.ts';
import { longestSteadyPeriod, type Period, spanOf, windowsWithCount } from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal, supportingSignal, uncertainAbsence } from './rule.ts';

const { connectionsActive, connectionsMax, jobsQueued, jobsRunning } = TARGET_COLUMNS;

/** Minimum number of unreturned connections. Fewer connections may only be finishing their work. */
const MIN_UNRETURNED = 3;
/** A connection in use in this many samples after the load is no longer finishing its work. */
const MIN_SAMPLES_AFTER_LOAD = 3;
const MIN_SAMPLES = 10;
const MINUTE_MS = 60_000;

interface UnreturnedConnections extends Period {
  connections: number;
  /** True if no work was left that could use the connections. */
  idle: boolean;
}

/**
 * Returns by how many connections the use rose from before to after the load. Returns null without samples before or
 * after the load.
 */
function unreturnedConnections(evidence: Evidence): UnreturnedConnections | null {
  const { windows, resources } = evidence;
  const { toMs: endMs } = spanOf(windowsWithCount(evidence, windows.requests));
  const active = pointsOf(resources.target, connectionsActive);
  const before = active.filter(({ atMs }) => atMs <= 0);
  const after = active.filter(({ atMs }) => atMs > endMs);
  const [first, last] = [after[0], after.at(-1)];
  if (before.length === 0 || !first || !last) return null;
  const lowest = (points: readonly SamplePoint[]) => Math.min(...points.map(({ value }) => value));
  const jobs = completeRows(resources.target, jobsQueued, jobsRunning).at(-1);
  return {
    connections: Math.max(0, lowest(after) - lowest(before)),
    idle: after.length >= MIN_SAMPLES_AFTER_LOAD || (jobs !== undefined && jobs.jobsQueued + jobs.jobsRunning === 0),
    fromMs: first.atMs,
    toMs: last.atMs,
  };
}

interface UsageRise extends Period {
  perMinute: number;
  from: number;
  to: number;
}

/** Returns the rise of connections in use under a steady load, or null if the rise is not significant. */
function usageRise(evidence: Evidence): UsageRise | null {
  const { fromMs, toMs } = longestSteadyPeriod(evidence);
  const points = samplesBetween(pointsOf(evidence.resources.target, connectionsActive), fromMs, toMs);
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < MIN_SAMPLES || !first || !last) return null;
  const xs = points.map(({ atMs }) => atMs);
  const ys = points.map(({ value }) => value);
  const { slope, intercept } = fitLine(xs, ys);
  if (slopeInterval(xs, ys).low <= 0 || slope * (last.atMs - first.atMs) < MIN_UNRETURNED) return null;
  const fittedAt = ({ atMs }: SamplePoint) => Math.max(0, Math.round(intercept + slope * atMs));
  return {
    perMinute: slope * MINUTE_MS,
    from: fittedAt(first),
    to: fittedAt(last),
    fromMs: first.atMs,
    toMs: last.atMs,
  };
}

export const connectionLeak: DiagnosisRule = {
  cause: 'connection-leak',
  title: 'Database connections leak',
  alternatives: ['database-lock', 'database-pool-exhausted', 'cpu-saturated'],

  suspect(evidence) {
    const unreturned = unreturnedConnections(evidence);
    if (!unreturned || unreturned.connections < MIN_UNRETURNED) return null;
    const rise = usageRise(evidence);
    // If work is left, for example after an interrupted run, connections may be in use for that work.
    if (!unreturned.idle && !rise) return null;
    const full = poolExhaustedPeriods(evidence);
    const max = pointsOf(evidence.resources.target, connectionsMax).at(-1)?.value;
    const usedUp =
      rise && max && full.length === 0
        ? ` At this load, the pool of ${max} will be used up in ${formatNumber((max - unreturned.connections) / rise.perMinute)} min.`
        : '';
    return {
      signals: [
        (unreturned.idle ? directSignal : supportingSignal)(
          unreturned,
          `${pluralize(unreturned.connections, 'more connection')} in use after the load than before it${unreturned.idle ? ', although no work was left' : ''}`,
        ),
        rise &&
          supportingSignal(
            rise,
            `under a steady load, connections in use rose by ${formatNumber(rise.perMinute)} per minute, from ${rise.from} to ${rise.to}`,
          ),
      ],
      recommendation: `Find the code that acquires a connection without releasing it: an early return or exception before the release, or a transaction left open. Release connections in a finally block.${usedUp} A larger pool only delays the problem.`,
      effect: { ...poolExhaustionEffect(full), criterionKinds: ['unreturned-connections'] },
    };
  },

  absence(evidence) {
    const unreturned = unreturnedConnections(evidence);
    return unreturned
      ? certainAbsence(`${pluralize(unreturned.connections, 'more connection')} in use after the load than before it`)
      : uncertainAbsence('connection leaks: connections were not counted before and after the load');
  },
};
