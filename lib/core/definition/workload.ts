import { parseDuration, sum } from '../numbers/index.ts';

/** A named period of a workload, in ms from the start of the run. */
export interface Phase {
  name: string;
  startMs: number;
  endMs: number;
  /**
   * Load at the start and at the end of the phase; it changes linearly in between. Absent for `once` and `sequential`.
   */
  offered?: { unit: 'VUs' | 'perSecond'; from: number; to: number };
}

/**
 * The current phase of a workload, and when it ends. The last phase has no end: all later times belong to that phase.
 * @param phases in order
 * @param elapsedMs since the start of the run
 */
export function phaseAt(
  phases: readonly Pick<Phase, 'name' | 'endMs'>[],
  elapsedMs: number,
): Pick<Phase, 'name' | 'endMs'> {
  const last = { name: phases.at(-1)?.name ?? '', endMs: Number.POSITIVE_INFINITY };
  return phases.slice(0, -1).find(({ endMs }) => elapsedMs < endMs) ?? last;
}

/** The scenario options of k6 that workloads use. */
export interface K6Scenario {
  executor:
    | 'ramping-vus'
    | 'constant-vus'
    | 'shared-iterations'
    | 'per-vu-iterations'
    | 'constant-arrival-rate'
    | 'ramping-arrival-rate';
  /** The function that a test exports for k6 to call. */
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

/** Time from the start of a scenario until k6 interrupts iterations that are still running. */
export function interruptedAfterMs({ stages = [], duration, maxDuration, gracefulStop = '0s' }: K6Scenario): number {
  const parts = [...stages.map((stage) => stage.duration), duration ?? maxDuration ?? '0s', gracefulStop];
  return sum(parts.map(parseDuration));
}

/** The load over time: the scenarios that k6 executes, and the phases into which results are divided. */
export interface Workload {
  kind: string;
  model: 'open' | 'closed';
  /** Peak number of VUs of all scenarios together. */
  peakVUs: number;
  durationMs: number;
  phases: Phase[];
  /**
   * k6 scenarios by name. Scenarios that run in turn have the names of their phases. Other names are `load` and
   * `probe`.
   */
  scenarios: Record<string, K6Scenario>;
  /** Scenarios whose VUs all start at the same instant, and the number of VUs of each. */
  bursts?: { phase: string; vus: number }[];
}

/** Factors by which durations, and numbers of VUs and rates, are multiplied. With 1, the test runs as written. */
export interface Scale {
  time: number;
  vus: number;
}

export const FULL_SCALE: Scale = { time: 1, vus: 1 };

/**
 * A workload in the definition of a test. It is converted to a `Workload` when the test starts, because the scale is
 * known only then.
 */
export type WorkloadPlan = (scale: Scale) => Workload;

/**
 * One stage of `rampingVUs`: `{ phase: 'ramp-up', duration: '1m30s', target: 500 }`. `target` is the number of VUs at
 * the end of the stage.
 */
export interface Stage {
  phase: string;
  duration: string;
  target: number;
}
