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
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

const { connectionsActive, connectionsMax, jobsQueued, jobsRunning } = TARGET_COLUMNS;

/** Fewer may still be ending what they do. */
const FEWEST_LEFT = 3;
/** In use at so many looks after the load, a connection is not just ending what it does. */
const LOOKS = 3;
const FEWEST_SAMPLES = 10;
const MINUTE_MS = 60_000;

interface Left extends Period {
  connections: number;
  /** There was nothing left that could use them. */
  idle: boolean;
}

/** Connections in use after the last request, above those before the load; null where nobody looked. */
function leftOver(evidence: Evidence): Left | null {
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
    idle: after.length >= LOOKS || (jobs !== undefined && jobs.jobsQueued + jobs.jobsRunning === 0),
    fromMs: first.atMs,
    toMs: last.atMs,
  };
}

interface Rise extends Period {
  perMinute: number;
  from: number;
  to: number;
}

/** More and more connections in use under a load that stayed the same; null where they surely were not. */
function riseOf(evidence: Evidence): Rise | null {
  const { fromMs, toMs } = longestSteadyPeriod(evidence);
  const points = samplesBetween(pointsOf(evidence.resources.target, connectionsActive), fromMs, toMs);
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < FEWEST_SAMPLES || !first || !last) return null;
  const xs = points.map(({ atMs }) => atMs);
  const ys = points.map(({ value }) => value);
  const { slope, intercept } = fitLine(xs, ys);
  if (slopeInterval(xs, ys).low <= 0 || slope * (last.atMs - first.atMs) < FEWEST_LEFT) return null;
  const at = ({ atMs }: SamplePoint) => Math.max(0, Math.round(intercept + slope * atMs));
  return {
    perMinute: slope * MINUTE_MS,
    from: at(first),
    to: at(last),
    fromMs: first.atMs,
    toMs: last.atMs,
  };
}

export const connectionLeak: DiagnosisRule = {
  cause: 'connection-leak',
  title: 'Database connections leak',
  alternatives: ['database-lock', 'database-pool-exhausted', 'cpu-saturated'],

  suspect(evidence) {
    const left = leftOver(evidence);
    if (!left || left.connections < FEWEST_LEFT) return null;
    const rise = riseOf(evidence);
    // Seen but once, with work left: what is in use by then is in use for it, as where a run was broken off.
    if (!left.idle && !rise) return null;
    const full = poolExhaustedPeriods(evidence);
    const max = pointsOf(evidence.resources.target, connectionsMax).at(-1)?.value;
    const lasts =
      rise && max && full.length === 0
        ? ` At this load the pool of ${max} is used up ${formatNumber((max - left.connections) / rise.perMinute)} min from now.`
        : '';
    return {
      signals: [
        (left.idle ? directSignal : supportingSignal)(
          left,
          `${pluralize(left.connections, 'connection')} more than before the load were still in use after it${left.idle ? ', with nothing left to do' : ''}`,
        ),
        rise &&
          supportingSignal(
            rise,
            `connections in use rose by ${formatNumber(rise.perMinute)} a minute under a load that stayed the same, from ${rise.from} to ${rise.to}`,
          ),
      ],
      recommendation: `Find what takes a connection and does not give it back: an early return or an exception between taking and releasing, a transaction that is left open. Release in a finally block.${lasts} A larger pool only puts it off.`,
      effect: { ...poolExhaustionEffect(full), criterionKinds: ['unreturned-connections'] },
    };
  },

  absence(evidence) {
    const left = leftOver(evidence);
    return left
      ? certainAbsence(
          `${pluralize(left.connections, 'connection')} more in use after the load than before it`,
        )
      : uncertainAbsence('connections that leak: nobody counted them before and after the load');
  },
};
