import { formatExactDuration, parseDuration } from '../../numbers/index.ts';
import type { Stage, Workload, WorkloadPlan } from '../workload.ts';
import { consecutivePhases, GRACEFUL_STOP, scaledMs, scaledVUs, totalDurationMs } from './scale.ts';

/**
 * VUs rise and fall linearly from stage to stage, starting at 0. Each stage is a phase.
 * @param stages in order; `target` is the number of VUs at the end of the stage
 * @throws RangeError when the test starts, where a duration is malformed
 */
export function rampingVUs(stages: readonly Stage[]): WorkloadPlan {
  return ramping('ramping-vus', stages);
}

/**
 * Numbers of users in order, each held for the same time: which of them can the target serve? The phases are named
 * by the numbers as written: `users-50` while it holds, `to-50` for the ramp before it.
 * @param rungs numbers of VUs
 * @param ramp how long VUs rise to the next number: `30s`
 * @param hold how long each number is held: `5m`
 * @throws RangeError when the test starts, where a duration is malformed
 */
export function ladder(
  rungs: readonly number[],
  { ramp, hold }: { ramp: string; hold: string },
): WorkloadPlan {
  return ramping(
    'ladder',
    rungs.flatMap((users) => [
      { phase: `to-${users}`, duration: ramp, target: users },
      { phase: `users-${users}`, duration: hold, target: users },
    ]),
  );
}

function ramping(kind: string, stages: readonly Stage[]): WorkloadPlan {
  return (scale) => {
    const targets = stages.map(({ target }) => scaledVUs(target, scale));
    const phases = consecutivePhases(
      stages.map(({ phase, duration }, i) => ({
        name: phase,
        ms: scaledMs(duration, scale),
        offered: { unit: 'VUs', from: targets[i - 1] ?? 0, to: targets[i] ?? 0 },
      })),
    );
    return {
      kind,
      model: 'closed',
      peakVUs: Math.max(...targets),
      durationMs: totalDurationMs(phases),
      phases,
      scenarios: {
        load: {
          executor: 'ramping-vus',
          exec: 'run',
          startVUs: 0,
          stages: phases.map(({ startMs, endMs }, i) => ({
            duration: formatExactDuration(endMs - startMs),
            target: targets[i] ?? 0,
          })),
          gracefulRampDown: GRACEFUL_STOP,
          gracefulStop: GRACEFUL_STOP,
        },
      },
    };
  };
}

/**
 * The same number of VUs from start to end. The phase is `hold`.
 * @param vus number of VUs
 * @param duration such as `10m`
 * @param gracefulStop how long a started iteration may go on after the end. Default: `10s`
 * @throws RangeError when the test starts, where a duration is malformed
 */
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
    const count = scaledVUs(vus, scale);
    const phases = consecutivePhases([
      { name: 'hold', ms: scaledMs(duration, scale), offered: { unit: 'VUs', from: count, to: count } },
    ]);
    const durationMs = totalDurationMs(phases);
    return {
      kind: 'constant-vus',
      model: 'closed',
      peakVUs: count,
      durationMs,
      phases,
      scenarios: {
        load: {
          executor: 'constant-vus',
          exec: 'run',
          vus: count,
          duration: formatExactDuration(durationMs),
          gracefulStop,
        },
      },
    };
  };
}

/**
 * One VU and one iteration, whatever the time and VU scales. The phase is `once`.
 * @param maxDuration when an iteration that has not ended is interrupted: `1m`
 * @throws RangeError when the test starts, where a duration is malformed
 */
export function once({ maxDuration }: { maxDuration: string }): WorkloadPlan {
  return () => {
    const durationMs = parseDuration(maxDuration);
    return {
      kind: 'once',
      model: 'closed',
      peakVUs: 1,
      durationMs,
      phases: consecutivePhases([{ name: 'once', ms: durationMs }]),
      scenarios: { load: { executor: 'shared-iterations', exec: 'run', vus: 1, iterations: 1, maxDuration } },
    };
  };
}

/** VUs that a closed workload holds at its peak for long enough to be seen; 0 for one that only iterates a few times. */
export function closedPeakVUs({ scenarios }: Workload): number {
  const peaks = Object.values(scenarios).map(({ executor, stages = [], vus = 0 }) => {
    if (executor === 'ramping-vus') return Math.max(0, ...stages.map(({ target }) => target));
    return executor === 'constant-vus' ? vus : 0;
  });
  return Math.max(0, ...peaks);
}
