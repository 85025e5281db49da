import { formatExactDuration } from '../../numbers/index.ts';
import type { K6Scenario, Phase, WorkloadPlan } from '../workload.ts';
import { consecutivePhases, GRACEFUL_STOP, scaledMs, scaledVUs, totalDurationMs } from './scale.ts';

/**
 * Minimum pause between bursts at any time scale: the VUs need time to gather, and the target needs time to respond.
 */
const MIN_BURST_MS = 3000;

/**
 * Runs bursts in order: `bursts([{ phase: 'agents', vus: 20 }, { phase: 'claims', vus: 15 }], { pause: '20s' })`. All
 * VUs of a burst start one iteration at the same instant. Each burst is a phase and a scenario of that name, so that
 * each can have its own traffic.
 * @param list name and number of VUs of each burst
 * @param pause time from the start of one burst to the start of the next, in which the target must respond; at least
 * `3s`
 * @throws RangeError when the test starts, if a duration is malformed
 */
export function bursts(list: readonly { phase: string; vus: number }[], { pause }: { pause: string }): WorkloadPlan {
  return (scale) => {
    const ms = Math.max(MIN_BURST_MS, scaledMs(pause, scale));
    const phases = consecutivePhases(
      list.map(({ phase, vus }) => {
        const count = scaledVUs(vus, scale);
        return { name: phase, ms, offered: { unit: 'VUs', from: count, to: count } };
      }),
    );
    return {
      kind: 'bursts',
      model: 'closed',
      peakVUs: Math.max(...phases.map(({ offered }) => offered?.to ?? 0)),
      durationMs: totalDurationMs(phases),
      phases,
      scenarios: inTurn(phases, ({ offered }) => ({ vus: offered?.to ?? 1, iterations: 1 })),
      bursts: phases.map(({ name, offered }) => ({ phase: name, vus: offered?.to ?? 0 })),
    };
  };
}

/**
 * Measures operations one at a time, without concurrency:
 * `sequential([{ phase: 'health', samples: 200, within: '10s' }])`. One VU repeats each operation the given number of
 * times. Each operation is a phase and a scenario of that name. Iterations that do not finish within the given time
 * are dropped.
 * @param operations in order: a name, the number of iterations, and the time for all of them
 * @throws RangeError when the test starts, if a duration is malformed
 */
export function sequential(operations: readonly { phase: string; samples: number; within: string }[]): WorkloadPlan {
  return (scale) => {
    const phases = consecutivePhases(
      operations.map(({ phase, within }) => ({ name: phase, ms: scaledMs(within, scale) })),
    );
    return {
      kind: 'sequential',
      model: 'closed',
      peakVUs: 1,
      durationMs: totalDurationMs(phases),
      phases,
      scenarios: inTurn(phases, (_, i) => ({
        vus: 1,
        iterations: Math.max(1, Math.round((operations[i]?.samples ?? 1) * scale.time)),
      })),
    };
  };
}

/** Creates one scenario for each phase. Each scenario starts when the previous one has ended. */
function inTurn(
  phases: readonly Phase[],
  counts: (phase: Phase, i: number) => { vus: number; iterations: number },
): Record<string, K6Scenario> {
  return Object.fromEntries(
    phases.map((phase, i) => [
      phase.name,
      {
        executor: 'per-vu-iterations',
        exec: 'run',
        ...counts(phase, i),
        startTime: formatExactDuration(phase.startMs),
        maxDuration: formatExactDuration(phase.endMs - phase.startMs),
        gracefulStop: GRACEFUL_STOP,
      },
    ]),
  );
}
