import type { BreakerEvent, CriterionOf } from '../criterion.ts';
import { below, critical, NONE, shorterThan } from './promise.ts';

const MB = 1024 * 1024;

/** Growth of the target's memory over a phase, without the first third of it: caches warm up and stop. */
export function memoryGrowthBelow(limitMB: number, phase: string): CriterionOf<'memory-growth'> {
  return critical(below(limitMB * MB), 'bytes', {
    id: 'memory-growth',
    title: `memory growth during ${phase}`,
    measure: { kind: 'memory-growth', phase },
    minSamples: 36,
  });
}

/** How fast the target's memory grows once it is warm, in MB an hour: for long runs, what a day would bring. */
export function memorySlopeBelow(limitMBPerHour: number, phase: string): CriterionOf<'memory-slope'> {
  return critical(below(limitMBPerHour * MB), 'bytesPerHour', {
    id: 'memory-slope',
    title: `memory slope during ${phase}`,
    measure: { kind: 'memory-slope', phase },
    minSamples: 36,
  });
}

/** Database connections still in use once the load is gone, above those in use before it came. */
export function noConnectionLeak(): CriterionOf<'unreturned-connections'> {
  return critical(NONE, 'count', {
    id: 'connection-leak',
    title: 'database connections not returned',
    measure: { kind: 'unreturned-connections' },
    minSamples: 3,
  });
}

/** Crashes: nothing that serves the target was started again. */
export function noRestarts(): CriterionOf<'restarts'> {
  return critical(NONE, 'count', {
    id: 'restarts',
    title: 'restarts',
    measure: { kind: 'restarts' },
    minSamples: 2,
  });
}

/** How soon a circuit breaker opens in a phase in which its upstream fails. */
export function breakerOpensWithin(limit: string, phase: string): CriterionOf<'breaker-time'> {
  return breakerTimeBelow('opens', 'until a circuit breaker opens', limit, phase);
}

/** How soon it is closed again, for good, in a phase in which its upstream is back. */
export function breakerRecoversWithin(limit: string, phase: string): CriterionOf<'breaker-time'> {
  return breakerTimeBelow('recovers', 'until all circuit breakers are closed', limit, phase);
}

function breakerTimeBelow(
  event: BreakerEvent,
  title: string,
  limit: string,
  phase: string,
): CriterionOf<'breaker-time'> {
  return critical(shorterThan(limit), 'ms', {
    id: `breaker-${event}`,
    title: `time ${title} during ${phase}`,
    measure: { kind: 'breaker-time', event, phase },
    minSamples: 3,
  });
}
