import type { BreakerEvent, CriterionOf } from '../criterion.ts';
import { AT_MOST_ZERO, below, belowDuration, criticalCriterion } from './limits.ts';

const MB = 1024 * 1024;

/**
 * The memory of the target grows less than this over a phase. The first third of the phase does not count, because
 * caches warm up in it.
 * @param limitMB in MB
 * @param phase of the workload
 */
export function memoryGrowthBelow(limitMB: number, phase: string): CriterionOf<'memory-growth'> {
  return criticalCriterion(below(limitMB * MB), 'bytes', {
    id: 'memory-growth',
    title: `memory growth during ${phase}`,
    measure: { kind: 'memory-growth', phase },
    minSamples: 36,
  });
}

/**
 * The memory of the target grows slower than this once it is warm: for long runs.
 * @param limitMBPerHour in MB per hour
 * @param phase of the workload
 */
export function memorySlopeBelow(limitMBPerHour: number, phase: string): CriterionOf<'memory-slope'> {
  return criticalCriterion(below(limitMBPerHour * MB), 'bytesPerHour', {
    id: 'memory-slope',
    title: `memory slope during ${phase}`,
    measure: { kind: 'memory-slope', phase },
    minSamples: 36,
  });
}

/** After the load, the target uses no more database connections than before it. */
export function noConnectionLeak(): CriterionOf<'unreturned-connections'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'connection-leak',
    title: 'database connections not returned',
    measure: { kind: 'unreturned-connections' },
    minSamples: 3,
  });
}

/** No process of the target restarts during the run. */
export function noRestarts(): CriterionOf<'restarts'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'restarts',
    title: 'restarts',
    measure: { kind: 'restarts' },
    minSamples: 2,
  });
}

/**
 * A circuit breaker opens within this time in a phase in which its upstream fails.
 * @param limit a duration such as `400ms` or `1m30s`
 * @param phase of the workload
 * @throws RangeError where the limit is not a duration
 */
export function breakerOpensWithin(limit: string, phase: string): CriterionOf<'breaker-time'> {
  return breakerTimeBelow('opens', 'until a circuit breaker opens', limit, phase);
}

/**
 * A circuit breaker closes for good within this time in a phase in which its upstream works again.
 * @param limit a duration such as `400ms` or `1m30s`
 * @param phase of the workload
 * @throws RangeError where the limit is not a duration
 */
export function breakerRecoversWithin(limit: string, phase: string): CriterionOf<'breaker-time'> {
  return breakerTimeBelow('recovers', 'until all circuit breakers are closed', limit, phase);
}

function breakerTimeBelow(
  event: BreakerEvent,
  title: string,
  limit: string,
  phase: string,
): CriterionOf<'breaker-time'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: `breaker-${event}`,
    title: `time ${title} during ${phase}`,
    measure: { kind: 'breaker-time', event, phase },
    minSamples: 3,
  });
}
