import type { Criterion, CriterionOf, NarrowedBy } from '../criterion.ts';
import { above, below, belowDuration, criticalCriterion } from './limits.ts';
import { limitText, windowLimitOf } from './narrow.ts';

/**
 * Limits the time after a spike until the response times return to their level before the spike, and stay there. The
 * response times are those of light probe traffic, which `withProbe` adds to the load:
 *
 *     recoversWithin('30s', {
 *       scenario: 'probe',
 *       referencePhase: 'before',
 *       recoveryPhase: 'after',
 *       tolerance: 0.2,
 *     })
 *
 * @param limit a duration such as `400ms` or `1m30s`
 * @param options the scenario to measure, the phases before and after the spike, and the tolerance: with 0.2,
 * response times have recovered when they are at most 20 % above their earlier level
 * @throws RangeError if the limit is not a duration
 */
export function recoversWithin(
  limit: string,
  options: { scenario: string; referencePhase: string; recoveryPhase: string; tolerance: number },
): CriterionOf<'recovery-time'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: 'recovery-time',
    title: 'recovery time',
    measure: { kind: 'recovery-time', ...options },
    minSamples: 10,
  });
}

/**
 * Each window requires one request above the p95. More is not possible, because windows at the start of a ramp have few
 * requests, and not needed, because two bad windows in a row are unlikely to be chance.
 */
const RAMP_MIN_REQUESTS = 20;

/**
 * Sets a minimum for the breaking point, the request rate up to which the target stays within given limits:
 *
 *     breakingPointAbove(200, ['to-100', 'to-200', 'to-300'], [percentileBelow(0.95, '1s'), errorRateBelow(0.05)])
 *
 * The breaking point is the rate in the last window before the target exceeds one of the limits for the rest of the
 * ramp. The example requires more than 200 requests per second.
 *
 * @param perSecond requests per second
 * @param ramp names of phases in order, in which the load never decreases
 * @param limits criteria for each window, such as a percentile and an error rate
 * @throws RangeError if there are no limits, or if windows do not record the measure of a limit
 */
export function breakingPointAbove(
  perSecond: number,
  ramp: readonly string[],
  limits: readonly Criterion<NarrowedBy<'inEveryWindow'>>[],
): CriterionOf<'breaking-point'> {
  if (limits.length === 0) throw new RangeError('A breaking point requires at least one limit.');
  return criticalCriterion(above(perSecond), 'perSecond', {
    id: 'breaking-point',
    title: `breaking point during ${[...new Set([ramp[0], ramp.at(-1)])].join(' to ')} (${limits.map(limitText).join(', ')})`,
    measure: {
      kind: 'breaking-point',
      ramp: [...ramp],
      promises: limits.map((limit) => windowLimitOf(limit, RAMP_MIN_REQUESTS)),
    },
    minSamples: 10,
  });
}

/**
 * Limits the change of the mean response time from the beginning of a phase to its end: `driftBelow(0.1, 'hold')`.
 * @param limit a fraction of the mean: 0.1 is 10 %
 * @param phase name of a phase of the workload
 */
export function driftBelow(limit: number, phase: string): CriterionOf<'duration-drift'> {
  return criticalCriterion(below(limit), 'fraction', {
    id: 'drift',
    title: `response time drift during ${phase}`,
    measure: { kind: 'duration-drift', phase },
    minSamples: 20,
  });
}
