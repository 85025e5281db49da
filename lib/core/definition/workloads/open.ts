import { formatExactDuration } from '../../numbers/index.ts';
import type { Phase, WorkloadPlan } from '../workload.ts';
import { consecutivePhases, GRACEFUL_STOP, scaledMaxVUs, scaledMs, scaledRates, totalDurationMs } from './scale.ts';

/**
 * `maxVUs` is the number of iterations that may run at the same time. Further arrivals are dropped, and the run is
 * INVALID if too many are dropped.
 */
export interface ArrivalOptions {
  maxVUs: number;
}

/**
 * One phase of `arrivalPhases`: `{ phase: 'sustained', duration: '5m', ratePerS: 50 }`. The rate is in iterations per
 * second.
 */
export interface ConstantRate {
  phase: string;
  duration: string;
  ratePerS: number;
}

/**
 * One phase of `arrivalRamps`: `{ phase: 'to-100', duration: '1m', fromPerS: 50, toPerS: 100 }`. The rates at its
 * start and end are in iterations per second.
 */
export interface Ramp {
  phase: string;
  duration: string;
  fromPerS: number;
  toPerS: number;
}

/**
 * Starts iterations at a constant rate, whether or not earlier ones have ended:
 * `constantArrivals({ ratePerS: 50, duration: '10m', maxVUs: 200 })`. Its only phase is `hold`.
 * @param ratePerS iterations started per second
 * @param duration such as `10m`
 * @param maxVUs number of iterations that may run at the same time; arrivals beyond it are dropped
 * @throws RangeError when the test starts, if a duration is malformed
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
 * Starts iterations at a constant rate in each phase. The rate jumps from phase to phase.
 *
 *     arrivalPhases(
 *       [
 *         { phase: 'warm-up', duration: '1m', ratePerS: 10 },
 *         { phase: 'sustained', duration: '5m', ratePerS: 50 },
 *       ],
 *       { maxVUs: 100 },
 *     )
 *
 * @param phases in order; `ratePerS` is the number of iterations started per second
 * @param options `maxVUs`: number of iterations that may run at the same time; arrivals beyond it are dropped
 * @throws RangeError when the test starts, if a duration is malformed
 */
export function arrivalPhases(phases: readonly ConstantRate[], options: ArrivalOptions): WorkloadPlan {
  return arrivals(
    'arrival-phases',
    phases.map(({ ratePerS, ...phase }) => ({ ...phase, fromPerS: ratePerS, toPerS: ratePerS })),
    options,
  );
}

/**
 * Starts iterations at a rate that changes linearly within each phase.
 *
 *     arrivalRamps(
 *       [
 *         { phase: 'to-100', duration: '1m', fromPerS: 50, toPerS: 100 },
 *         { phase: 'hold', duration: '2m', fromPerS: 100, toPerS: 100 },
 *       ],
 *       { maxVUs: 500 },
 *     )
 *
 * @param ramps in order; `fromPerS` and `toPerS` are the number of iterations started per second at the start and end
 * @param options `maxVUs`: number of iterations that may run at the same time; arrivals beyond it are dropped
 * @throws RangeError when the test starts, if a duration is malformed
 */
export function arrivalRamps(ramps: readonly Ramp[], options: ArrivalOptions): WorkloadPlan {
  return arrivals('arrival-ramps', ramps, options);
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

/** The k6 stages of the phases. In k6, a jump of the rate is a stage with the duration 0. */
function stagesOf(phases: readonly Phase[], rates: readonly number[]): { duration: string; target: number }[] {
  return phases.flatMap(({ startMs, endMs }, i) => {
    const [before, from, to] = [rates[2 * i - 1], rates[2 * i] ?? 0, rates[2 * i + 1] ?? 0];
    const jump = before === undefined || before === from ? [] : [{ duration: '0s', target: from }];
    return [...jump, { duration: formatExactDuration(endMs - startMs), target: to }];
  });
}

/**
 * Adds light, constant traffic beside a workload, as the scenario `probe`. It measures response times even while the
 * workload itself sends nothing: `withProbe(spike, { ratePerS: 4, maxVUs: 20 })`. The VU scale does not change its
 * rate, because the rate determines the resolution of the measurement.
 * @param plan any other workload
 * @param ratePerS iterations started per second
 * @param maxVUs number of probe iterations that may run at the same time
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
