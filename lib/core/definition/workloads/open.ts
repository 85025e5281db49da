import { formatExactDuration } from '../../numbers/index.ts';
import type { Phase, WorkloadPlan } from '../workload.ts';
import {
  consecutivePhases,
  GRACEFUL_STOP,
  scaledMaxVUs,
  scaledMs,
  scaledRates,
  totalDurationMs,
} from './scale.ts';

/** How many iterations may run at the same time. An arrival beyond that is dropped, and too many of them make the run INVALID. */
export interface ArrivalOptions {
  maxVUs: number;
}

/** One phase of `arrivalPhases`: its duration such as `1m30s`, and iterations started per second. */
export interface ConstantRate {
  phase: string;
  duration: string;
  ratePerS: number;
}

/** One phase of `arrivalRamps`: its duration such as `1m30s`, and iterations started per second at its two ends. */
export interface Ramp {
  phase: string;
  duration: string;
  fromPerS: number;
  toPerS: number;
}

/**
 * Iterations start at one rate, whether or not earlier ones have ended. The phase is `hold`.
 * @param ratePerS iterations started per second
 * @param duration such as `10m`
 * @param maxVUs how many iterations may run at the same time. An arrival beyond that is dropped.
 * @throws RangeError when the test starts, where a duration is malformed
 */
export function constantArrivals({
  ratePerS,
  duration,
  maxVUs,
}: { ratePerS: number; duration: string } & ArrivalOptions): WorkloadPlan {
  return arrivals('constant-arrivals', [{ phase: 'hold', duration, fromPerS: ratePerS, toPerS: ratePerS }], {
    maxVUs,
  });
}

/**
 * Iterations start at a constant rate in each phase, and at once at the rate of the next phase.
 * @param phases in order; `ratePerS` is iterations started per second
 * @param reserve `maxVUs`: how many iterations may run at the same time. An arrival beyond that is dropped.
 * @throws RangeError when the test starts, where a duration is malformed
 */
export function arrivalPhases(phases: readonly ConstantRate[], reserve: ArrivalOptions): WorkloadPlan {
  return arrivals(
    'arrival-phases',
    phases.map(({ ratePerS, ...phase }) => ({ ...phase, fromPerS: ratePerS, toPerS: ratePerS })),
    reserve,
  );
}

/**
 * Iterations start at a rate that changes linearly within each phase.
 * @param ramps phases in order; `fromPerS` and `toPerS` are iterations started per second. Equal ends hold the
 * rate.
 * @param reserve `maxVUs`: how many iterations may run at the same time. An arrival beyond that is dropped.
 * @throws RangeError when the test starts, where a duration is malformed
 */
export function arrivalRamps(ramps: readonly Ramp[], reserve: ArrivalOptions): WorkloadPlan {
  return arrivals('arrival-ramps', ramps, reserve);
}

function arrivals(kind: string, ramps: readonly Ramp[], { maxVUs }: ArrivalOptions): WorkloadPlan {
  return (scale) => {
    const ends = ramps.flatMap(({ fromPerS, toPerS }) => [fromPerS, toPerS]);
    const { timeUnit, rates } = scaledRates(ends, scale);
    const perS = rates.map((rate) => (timeUnit === '1s' ? rate : rate / 60));
    const [first = 0] = rates;
    const vus = scaledMaxVUs(maxVUs, scale);
    const phases = consecutivePhases(
      ramps.map(({ phase, duration }, i) => ({
        name: phase,
        ms: scaledMs(duration, scale),
        offered: { unit: 'perSecond', from: perS[2 * i] ?? 0, to: perS[2 * i + 1] ?? 0 },
      })),
    );
    const common = {
      exec: 'run',
      timeUnit,
      preAllocatedVUs: vus,
      maxVUs: vus,
      gracefulStop: GRACEFUL_STOP,
    } as const;
    const isConstant = rates.every((rate) => rate === first);
    return {
      kind,
      model: 'open',
      peakVUs: vus,
      durationMs: totalDurationMs(phases),
      phases,
      scenarios: {
        load: isConstant
          ? {
              executor: 'constant-arrival-rate',
              rate: first,
              duration: formatExactDuration(totalDurationMs(phases)),
              ...common,
            }
          : {
              executor: 'ramping-arrival-rate',
              startRate: first,
              stages: stagesOf(phases, rates),
              ...common,
            },
      },
    };
  };
}

/** A stage of no length is how k6 takes a rate that changes at once. */
function stagesOf(
  phases: readonly Phase[],
  rates: readonly number[],
): { duration: string; target: number }[] {
  return phases.flatMap(({ startMs, endMs }, i) => {
    const [before, from, to] = [rates[2 * i - 1], rates[2 * i] ?? 0, rates[2 * i + 1] ?? 0];
    const jump = before === undefined || before === from ? [] : [{ duration: '0s', target: from }];
    return [...jump, { duration: formatExactDuration(endMs - startMs), target: to }];
  });
}

/**
 * Adds light traffic beside a workload, as the scenario `probe`: it shows the response time also while the
 * workload itself sends nothing. The VU scale does not change its rate, which decides how finely it measures.
 * @param plan any other workload
 * @param ratePerS iterations started per second
 * @param maxVUs how many of them may run at the same time
 */
export function withProbe(
  plan: WorkloadPlan,
  { ratePerS, maxVUs }: { ratePerS: number } & ArrivalOptions,
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
          exec: 'run',
          rate: ratePerS,
          timeUnit: '1s',
          duration: formatExactDuration(workload.durationMs),
          preAllocatedVUs: maxVUs,
          maxVUs,
          gracefulStop: GRACEFUL_STOP,
        },
      },
    };
  };
}
