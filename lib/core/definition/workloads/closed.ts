import { formatExactDuration, parseDuration } from '../../numbers/index.ts';
import type { Stage, Workload, WorkloadPlan } from '../workload.ts';
import { consecutivePhases, GRACEFUL_STOP, scaledMs, scaledVUs, totalDurationMs } from './scale.ts';

/**
 * Ramps the number of VUs linearly from stage to stage, starting at 0. Each stage is a phase.
 *
 *     rampingVUs([
 *       { phase: 'ramp-up', duration: '1m', target: 500 },
 *       { phase: 'hold', duration: '5m', target: 500 },
 *       { phase: 'ramp-down', duration: '1m', target: 0 },
 *     ])
 *
 * @param stages in order; `target` is the number of VUs at the end of the stage
 * @throws RangeError when the test starts, if a duration is malformed
 */
export function rampingVUs(stages: readonly Stage[]): WorkloadPlan {
  return ramping('ramping-vus', stages);
}

/**
 * Holds several numbers of users in turn, to find out how many the target can serve:
 * `ladder([50, 100, 200], { ramp: '30s', hold: '5m' })`. Each number has two phases: `to-50` for the ramp and
 * `users-50` while it is held. The VU scale does not change these names.
 * @param rungs numbers of VUs in order
 * @param ramp duration of the ramp to each number: `30s`
 * @param hold how long each number is held: `5m`
 * @throws RangeError when the test starts, if a duration is malformed
 */
export function ladder(rungs: readonly number[], { ramp, hold }: { ramp: string; hold: string }): WorkloadPlan {
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
    const durationMs = totalDurationMs(phases);
    return {
      kind,
      model: 'closed',
      peakVUs: Math.max(...targets),
      durationMs,
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
          // VUs of a ramp-down finish their iteration, so that every request gets its response or times out.
          gracefulRampDown: formatExactDuration(durationMs + parseDuration(GRACEFUL_STOP)),
          gracefulStop: GRACEFUL_STOP,
        },
      },
    };
  };
}

/**
 * Keeps the number of VUs constant: `constantVUs({ vus: 200, duration: '10m' })`. Its only phase is `hold`.
 * @param vus number of VUs
 * @param duration such as `10m`
 * @param gracefulStop how long unfinished iterations may continue after the end. Default: `10s`
 * @throws RangeError when the test starts, if a duration is malformed
 */
export function constantVUs({
  vus,
  duration,
  gracefulStop = GRACEFUL_STOP,
}: {
  vus: number;
  duration: string;
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
 * One iteration by one VU: `once({ maxDuration: '1m' })`. It ignores the time and VU scales. Its only phase is
 * `once`.
 * @param maxDuration time after which the iteration is interrupted: `1m`
 * @throws RangeError when the test starts, if a duration is malformed
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
      scenarios: {
        load: {
          executor: 'shared-iterations',
          exec: 'run',
          vus: 1,
          iterations: 1,
          maxDuration,
          gracefulStop: GRACEFUL_STOP,
        },
      },
    };
  };
}

/**
 * Peak number of VUs of the closed scenarios. Returns 0 for workloads with a fixed number of iterations, because their
 * VUs may end before telemetry records them.
 */
export function closedPeakVUs({ scenarios }: Workload): number {
  const peaks = Object.values(scenarios).map(({ executor, stages = [], vus = 0 }) => {
    if (executor === 'ramping-vus') return Math.max(0, ...stages.map(({ target }) => target));
    return executor === 'constant-vus' ? vus : 0;
  });
  return Math.max(0, ...peaks);
}
