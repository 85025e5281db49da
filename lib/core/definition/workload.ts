/** One named stretch of a workload, in ms from the start of the run. */
export interface Phase {
  name: string;
  startMs: number;
  endMs: number;
  /** The load at its two ends, changing linearly between them; absent where that is not what it is about. */
  offered?: { unit: 'VUs' | 'perSecond'; from: number; to: number };
}

/**
 * The phase that a workload is in, and when it ends.
 * @param phases in order
 * @param elapsedMs since the start of the run
 * @returns the last phase from its start on for good: what comes after it belongs to it
 */
export function phaseAt(
  phases: readonly Pick<Phase, 'name' | 'endMs'>[],
  elapsedMs: number,
): Pick<Phase, 'name' | 'endMs'> {
  const last = { name: phases.at(-1)?.name ?? '', endMs: Number.POSITIVE_INFINITY };
  return phases.slice(0, -1).find(({ endMs }) => elapsedMs < endMs) ?? last;
}

/** k6's own scenario options: only the fields that the workloads here use. */
export interface K6Scenario {
  executor:
    | 'ramping-vus'
    | 'constant-vus'
    | 'shared-iterations'
    | 'per-vu-iterations'
    | 'constant-arrival-rate'
    | 'ramping-arrival-rate';
  /** The one function that a test exports for k6 to call. */
  exec: 'run';
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
  startRate?: number;
  timeUnit?: string;
  preAllocatedVUs?: number;
  maxVUs?: number;
}

/** How the load varies over time: what k6 executes, and the phases by which the results are read. */
export interface Workload {
  kind: string;
  model: 'open' | 'closed';
  /** Peak number of VUs over all scenarios. */
  peakVUs: number;
  durationMs: number;
  phases: Phase[];
  /** k6 scenarios by name. Scenarios that run in turn are named as their phases; any other is `load` or `probe`. */
  scenarios: Record<string, K6Scenario>;
  /** Scenarios whose VUs wait for each other, and how many VUs each has. */
  bursts?: { phase: string; vus: number }[];
}

/** Factors on durations, and on numbers of VUs or rates. 1 is the test as written. */
export interface Scale {
  time: number;
  vus: number;
}

export const FULL_SCALE: Scale = { time: 1, vus: 1 };

/** A workload as a test defines it. The scales are known only when the test starts. */
export type WorkloadPlan = (scale: Scale) => Workload;

/**
 * One stage of `rampingVUs`: the name of its phase, its duration such as `1m30s`, and the number of VUs at its
 * end.
 */
export interface Stage {
  phase: string;
  duration: string;
  target: number;
}
