import { formatDuration, parseDuration } from './duration.ts';

/** One named stretch of a workload, in ms from the start of the run. */
export interface Phase {
  name: string;
  startMs: number;
  endMs: number;
}

/** k6's own scenario options: only the fields that the workloads here use. */
export interface K6Scenario {
  executor: 'ramping-vus' | 'constant-vus' | 'shared-iterations' | 'constant-arrival-rate';
  exec: ScenarioFunction;
  startTime?: string;
  startVUs?: number;
  stages?: { duration: string; target: number }[];
  gracefulRampDown?: string;
  gracefulStop?: string;
  vus?: number;
  duration?: string;
  iterations?: number;
  maxDuration?: string;
  rate?: number;
  timeUnit?: string;
  preAllocatedVUs?: number;
  maxVUs?: number;
}

/** The functions that a test exports for k6 to call. */
export type ScenarioFunction = 'run' | 'probe';

/** How load varies over time: what k6 is told, and the phases by which the run is later read. */
export interface Workload {
  kind: string;
  model: 'open' | 'closed';
  /** Most VUs at once over all scenarios: what the file-descriptor limit and the machine must carry. */
  peakVUs: number;
  durationMs: number;
  phases: Phase[];
  scenarios: Record<string, K6Scenario>;
}

/** Factors on durations and on VUs or rates; 1 is the test as written. */
export interface Scale {
  time: number;
  vus: number;
}

export const FULL_SCALE: Scale = { time: 1, vus: 1 };

/** A workload as a test states it; the scale is known only when it is started. */
export type WorkloadPlan = (scale: Scale) => Workload;

export interface Stage {
  phase: string;
  duration: string;
  target: number;
}

/** How long an iteration that has begun may go on when its scenario ends. */
const GRACEFUL_STOP = '10s';

const scaledMs = (duration: string, scale: Scale) => {
  const ms = parseDuration(duration);
  return ms === 0 ? 0 : Math.max(1000, Math.round(ms * scale.time));
};

const scaledVUs = (vus: number, scale: Scale) => (vus === 0 ? 0 : Math.max(1, Math.round(vus * scale.vus)));

function phasesOf(parts: { name: string; ms: number }[]): Phase[] {
  let startMs = 0;
  return parts.map(({ name, ms }) => {
    const phase = { name, startMs, endMs: startMs + ms };
    startMs = phase.endMs;
    return phase;
  });
}

/** Closed model: VUs rise and fall linearly from stage to stage, starting at none. */
export function rampingVUs(stages: readonly Stage[]): WorkloadPlan {
  return (scale) => {
    const scaled = stages.map(({ phase, duration, target }) => ({
      name: phase,
      ms: scaledMs(duration, scale),
      target: scaledVUs(target, scale),
    }));
    const phases = phasesOf(scaled);
    return {
      kind: 'ramping-vus',
      model: 'closed',
      peakVUs: Math.max(...scaled.map(({ target }) => target)),
      durationMs: phases.at(-1)?.endMs ?? 0,
      phases,
      scenarios: {
        load: {
          executor: 'ramping-vus',
          exec: 'run',
          startVUs: 0,
          stages: scaled.map(({ ms, target }) => ({ duration: formatMs(ms), target })),
          gracefulRampDown: GRACEFUL_STOP,
          gracefulStop: GRACEFUL_STOP,
        },
      },
    };
  };
}

/** Closed model: the same number of VUs throughout. */
export function constantVUs({
  vus,
  duration,
  gracefulStop = GRACEFUL_STOP,
}: {
  vus: number;
  duration: string;
  /** How long an iteration that has begun may go on after the end. */
  gracefulStop?: string;
}): WorkloadPlan {
  return (scale) => {
    const durationMs = scaledMs(duration, scale);
    const count = scaledVUs(vus, scale);
    return {
      kind: 'constant-vus',
      model: 'closed',
      peakVUs: count,
      durationMs,
      phases: [{ name: 'hold', startMs: 0, endMs: durationMs }],
      scenarios: {
        load: {
          executor: 'constant-vus',
          exec: 'run',
          vus: count,
          duration: formatMs(durationMs),
          gracefulStop,
        },
      },
    };
  };
}

/** One VU, one iteration: every part of a test works at all. Not scaled: there is nothing less than once. */
export function once({ maxDuration }: { maxDuration: string }): WorkloadPlan {
  return () => {
    const durationMs = parseDuration(maxDuration);
    return {
      kind: 'once',
      model: 'closed',
      peakVUs: 1,
      durationMs,
      phases: [{ name: 'once', startMs: 0, endMs: durationMs }],
      scenarios: { load: { executor: 'shared-iterations', exec: 'run', vus: 1, iterations: 1, maxDuration } },
    };
  };
}

/**
 * Adds a light open-model probe beside a workload, over its whole length: arrivals at a constant rate that
 * show the response time also while the workload itself offers nothing. Its rate is not scaled: the
 * resolution of what it measures depends on it.
 */
export function withProbe(
  plan: WorkloadPlan,
  { ratePerS, maxVUs }: { ratePerS: number; maxVUs: number },
): WorkloadPlan {
  return (scale) => {
    const workload = plan(scale);
    return {
      ...workload,
      peakVUs: workload.peakVUs + maxVUs,
      scenarios: {
        ...workload.scenarios,
        probe: {
          executor: 'constant-arrival-rate',
          exec: 'probe',
          rate: ratePerS,
          timeUnit: '1s',
          duration: formatMs(workload.durationMs),
          preAllocatedVUs: maxVUs,
          maxVUs,
          gracefulStop: GRACEFUL_STOP,
        },
      },
    };
  };
}

/** VUs that a closed workload holds at its peak for long enough to be seen; 0 for one that only iterates once. */
export function closedPeakVUs({ scenarios }: Workload): number {
  const peaks = Object.values(scenarios).map(({ executor, stages = [], vus = 0 }) => {
    if (executor === 'ramping-vus') return Math.max(0, ...stages.map(({ target }) => target));
    return executor === 'constant-vus' ? vus : 0;
  });
  return Math.max(0, ...peaks);
}

/** Exact, where {@link formatDuration} rounds to seconds. */
const formatMs = (ms: number) => (ms % 1000 === 0 ? formatDuration(ms) : `${ms}ms`);
