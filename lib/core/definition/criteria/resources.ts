import type { BreakerEvent, CriterionOf } from '../criterion.ts';
import { AT_MOST_ZERO, below, belowDuration, criticalCriterion } from './limits.ts';

const MB = 1024 * 1024;

/**
 * Limits the memory growth of the target over a phase: `memoryGrowthBelow(100, 'hold')`. The first third of the phase
 * is ignored, because caches warm up in it.
 * @param limitMB in MB (1,048,576 bytes)
 * @param phase name of a phase of the workload
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
 * Limits the rate at which the memory of the target grows after its warm-up, for long runs:
 * `memorySlopeBelow(10, 'hold')`.
 * @param limitMBPerHour in MB (1,048,576 bytes) per hour
 * @param phase name of a phase of the workload
 */
export function memorySlopeBelow(limitMBPerHour: number, phase: string): CriterionOf<'memory-slope'> {
  return criticalCriterion(below(limitMBPerHour * MB), 'bytesPerHour', {
    id: 'memory-slope',
    title: `memory slope during ${phase}`,
    measure: { kind: 'memory-slope', phase },
    minSamples: 36,
  });
}

/** Requires that the target uses no more database connections after the load than before. */
export function noConnectionLeak(): CriterionOf<'unreturned-connections'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'connection-leak',
    title: 'database connections not returned',
    measure: { kind: 'unreturned-connections' },
    minSamples: 3,
  });
}

/** Requires that no process of the target restarts during the run. */
export function noRestarts(): CriterionOf<'restarts'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'restarts',
    title: 'restarts',
    measure: { kind: 'restarts' },
    minSamples: 2,
  });
}

/**
 * Limits the time until a circuit breaker opens in a phase in which its upstream fails:
 * `breakerOpensWithin('5s', 'failing')`.
 * @param limit a duration such as `400ms` or `1m30s`
 * @param phase name of the phase in which the upstream fails
 * @throws RangeError if the limit is not a duration
 */
export function breakerOpensWithin(limit: string, phase: string): CriterionOf<'breaker-time'> {
  return breakerTimeBelow('opens', 'until a circuit breaker opens', limit, phase);
}

/**
 * Limits the time until all circuit breakers close and stay closed, in a phase in which their upstream works again:
 * `breakerRecoversWithin('30s', 'recovered')`.
 * @param limit a duration such as `400ms` or `1m30s`
 * @param phase name of the phase in which the upstream works again
 * @throws RangeError if the limit is not a duration
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
