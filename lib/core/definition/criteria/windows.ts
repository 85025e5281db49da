import type { Criterion, CriterionOf, NarrowedBy } from '../criterion.ts';
import { above, below, belowDuration, criticalCriterion } from './limits.ts';
import { limitText, windowLimitOf } from './narrow.ts';

/**
 * After a spike, the response time of the probe traffic returns to its level before the spike within this time,
 * and stays there.
 * @param limit a duration such as `400ms` or `1m30s`
 * @param where the scenario that probes, the phase before the spike, the phase after it, and how far above the
 * earlier level counts as recovered: a tolerance of 0.2 is 20 %
 * @throws RangeError where the limit is not a duration
 */
export function recoversWithin(
  limit: string,
  where: { scenario: string; referencePhase: string; recoveryPhase: string; tolerance: number },
): CriterionOf<'recovery-time'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: 'recovery-time',
    title: 'recovery time',
    measure: { kind: 'recovery-time', ...where },
    minSamples: 10,
  });
}

/** One request beyond the p95: two windows in a row are no luck, and a ramp begins with little. */
const RAMP_MIN_REQUESTS = 20;

/**
 * The target answers more requests per second than this before it stops keeping the given limits. The breaking
 * point is the rate in the last window before the limits were broken for the rest of the ramp.
 * @param perSecond requests per second
 * @param ramp phases in order, in which the load never falls
 * @param promises limits for each window, such as a percentile and an error rate
 * @throws RangeError where there is no limit, or one that windows have no figures for
 */
export function breakingPointAbove(
  perSecond: number,
  ramp: readonly string[],
  promises: readonly Criterion<NarrowedBy<'inEveryWindow'>>[],
): CriterionOf<'breaking-point'> {
  if (promises.length === 0) throw new RangeError('a breaking point takes a limit that can break');
  return criticalCriterion(above(perSecond), 'perSecond', {
    id: 'breaking-point',
    title: `breaking point during ${[...new Set([ramp[0], ramp.at(-1)])].join(' to ')} (${promises.map(limitText).join(', ')})`,
    measure: {
      kind: 'breaking-point',
      ramp: [...ramp],
      promises: promises.map((promise) => windowLimitOf(promise, RAMP_MIN_REQUESTS)),
    },
    minSamples: 10,
  });
}

/**
 * The mean response time changes less than this from the beginning of a phase to its end.
 * @param limit a fraction of the mean: 0.1 is 10 %
 * @param phase of the workload
 */
export function driftBelow(limit: number, phase: string): CriterionOf<'duration-drift'> {
  return criticalCriterion(below(limit), 'fraction', {
    id: 'drift',
    title: `response time drift during ${phase}`,
    measure: { kind: 'duration-drift', phase },
    minSamples: 20,
  });
}
