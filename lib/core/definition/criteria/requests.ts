import type { CriterionOf } from '../criterion.ts';
import { above, below, critical, NONE, percentileName, samplesFor, shorterThan } from './promise.ts';

export function percentileBelow(q: number, limit: string): CriterionOf<'request-percentile'> {
  return critical(shorterThan(limit), 'ms', {
    id: percentileName(q),
    title: `${percentileName(q)} response time`,
    measure: { kind: 'request-percentile', q },
    minSamples: samplesFor(q),
  });
}

export function meanBelow(limit: string): CriterionOf<'request-mean'> {
  return critical(shorterThan(limit), 'ms', {
    id: 'mean',
    title: 'mean response time',
    measure: { kind: 'request-mean' },
    minSamples: 30,
  });
}

/** Requests a second. Closed load falls off with the ends of a workload: narrow it to the phase that holds. */
export function throughputAbove(perSecond: number): CriterionOf<'throughput'> {
  return critical(above(perSecond), 'perSecond', {
    id: 'throughput',
    title: 'throughput',
    measure: { kind: 'throughput' },
    minSamples: 100,
  });
}

/** So many requests have been sent: with fewer, whatever else holds was shown under less load than was meant. */
export function requestsAbove(count: number): CriterionOf<'request-count'> {
  return critical(above(count), 'count', {
    id: 'requests',
    title: 'requests',
    measure: { kind: 'request-count' },
    minSamples: 1,
  });
}

export function errorRateBelow(limit: number): CriterionOf<'error-rate'> {
  return critical(below(limit), 'fraction', {
    id: 'error-rate',
    title: 'error rate',
    measure: { kind: 'error-rate' },
    minSamples: 100,
  });
}

/** Answers by which the target refused as it should, such as those of a rate limit: more of them, and users notice. */
export function refusalShareBelow(status: number, limit: number): CriterionOf<'refusal-share'> {
  return critical(below(limit), 'fraction', {
    id: `refused-${status}`,
    title: `share refused with ${status}`,
    measure: { kind: 'refusal-share', status },
    minSamples: 30,
  });
}

/** A limit that must hold back some: with fewer refusals it is not there. */
export function refusalShareAbove(status: number, limit: number): CriterionOf<'refusal-share'> {
  return critical(above(limit), 'fraction', {
    id: `refused-${status}-at-least`,
    title: `minimum share refused with ${status}`,
    measure: { kind: 'refusal-share', status },
    minSamples: 30,
  });
}

/** A limit that must hold back some, and not too many: two criteria, for either side. */
export function refusalShareBetween(
  status: number,
  low: number,
  high: number,
): [CriterionOf<'refusal-share'>, CriterionOf<'refusal-share'>] {
  return [refusalShareAbove(status, low), refusalShareBelow(status, high)];
}

/** Right answers that said of themselves to be degraded. */
export function degradedShareBelow(limit: number): CriterionOf<'degraded-share'> {
  return critical(below(limit), 'fraction', {
    id: 'degraded',
    title: 'share of degraded answers',
    measure: { kind: 'degraded-share' },
    minSamples: 30,
  });
}

export function noTimeouts(): CriterionOf<'error-count'> {
  return critical(NONE, 'count', {
    id: 'timeouts',
    title: 'timeouts',
    measure: { kind: 'error-count', errorKind: 'timeout' },
    minSamples: 1,
  });
}

export function noFailedCheck(): CriterionOf<'failed-checks'> {
  return critical(NONE, 'count', {
    id: 'failed-checks',
    title: 'failed checks',
    measure: { kind: 'failed-checks' },
    minSamples: 1,
  });
}

/** @param minSamples how many responses must have been held against their contract at the least */
export function contractsHold(minSamples: number): CriterionOf<'contract-violations'> {
  return critical(NONE, 'count', {
    id: 'contracts',
    title: 'responses that break their contract',
    measure: { kind: 'contract-violations' },
    minSamples,
  });
}

/** How simultaneous bursts were: the time from the first VU that began to the last, in the widest of them. */
export function startSpreadBelow(limit: string): CriterionOf<'start-spread'> {
  return critical(shorterThan(limit), 'ms', {
    id: 'start-spread',
    title: 'spread of starts in a burst',
    measure: { kind: 'start-spread' },
    minSamples: 2,
  });
}
