import type { Criterion, CriterionOf, NarrowedBy } from '../criterion.ts';
import { promiseOf, stated } from './narrow.ts';
import { above, below, critical, shorterThan } from './promise.ts';

/**
 * How soon after the spike the probe traffic is, and stays, as fast as before it.
 * @param tolerance how far above the level of the reference phase counts as back: 0.2 is 20 %
 */
export function recoversWithin(
  limit: string,
  where: { scenario: string; referencePhase: string; recoveryPhase: string; tolerance: number },
): CriterionOf<'recovery-time'> {
  return critical(shorterThan(limit), 'ms', {
    id: 'recovery-time',
    title: 'recovery time',
    measure: { kind: 'recovery-time', ...where },
    minSamples: 10,
  });
}

/** One request beyond the p95: two windows in a row are no luck, and a ramp begins with little. */
const RAMP_MIN_REQUESTS = 20;

/**
 * How much load the target takes before it no longer keeps these limits: the requests a second that it answered in
 * the last window before they were broken for the rest of a ramp.
 * @param ramp phases one after the other, in which the load never falls
 * @param promises limits for each window, such as a percentile and an error rate
 * @throws RangeError where there is no limit, or one that windows do not tell
 */
export function breakingPointAbove(
  perSecond: number,
  ramp: readonly string[],
  promises: readonly Criterion<NarrowedBy<'inEveryWindow'>>[],
): CriterionOf<'breaking-point'> {
  if (promises.length === 0) throw new RangeError('a breaking point takes a limit that can break');
  return critical(above(perSecond), 'perSecond', {
    id: 'breaking-point',
    title: `breaking point during ${[...new Set([ramp[0], ramp.at(-1)])].join(' to ')} (${promises.map(stated).join(', ')})`,
    measure: {
      kind: 'breaking-point',
      ramp: [...ramp],
      promises: promises.map((promise) => promiseOf(promise, RAMP_MIN_REQUESTS)),
    },
    minSamples: 10,
  });
}

/** Change of the mean response time from the beginning to the end of a phase, as a share of its mean. */
export function driftBelow(limit: number, phase: string): CriterionOf<'duration-drift'> {
  return critical(below(limit), 'fraction', {
    id: 'drift',
    title: `response time drift during ${phase}`,
    measure: { kind: 'duration-drift', phase },
    minSamples: 20,
  });
}
