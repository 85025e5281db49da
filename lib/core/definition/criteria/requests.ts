import { percentileName } from '../../numbers/index.ts';
import type { CriterionOf } from '../criterion.ts';
import { AT_MOST_ZERO, above, below, belowDuration, criticalCriterion, minSamplesFor } from './limits.ts';

/**
 * The response time that a share `q` of the requests does not exceed stays below the limit: `percentileBelow(0.95,
 * '400ms')` is a limit on the p95. It needs ten samples beyond the percentile: 200 requests for the p95, 1,000 for
 * the p99.
 * @param q between 0 and 1
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError where the limit is not a duration
 */
export function percentileBelow(q: number, limit: string): CriterionOf<'request-percentile'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: percentileName(q),
    title: `${percentileName(q)} response time`,
    measure: { kind: 'request-percentile', q },
    minSamples: minSamplesFor(q),
  });
}

/**
 * The mean response time stays below the limit. It needs 30 requests.
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError where the limit is not a duration
 */
export function meanBelow(limit: string): CriterionOf<'request-mean'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: 'mean',
    title: 'mean response time',
    measure: { kind: 'request-mean' },
    minSamples: 30,
  });
}

/**
 * The target answers more requests per second than this. Closed load falls off at both ends of a workload: narrow
 * the criterion to the phase that holds the load. It needs 100 requests.
 */
export function throughputAbove(perSecond: number): CriterionOf<'throughput'> {
  return criticalCriterion(above(perSecond), 'perSecond', {
    id: 'throughput',
    title: 'throughput',
    measure: { kind: 'throughput' },
    minSamples: 100,
  });
}

/**
 * The run sends more requests than this. With fewer, the other criteria were judged under less load than intended.
 */
export function requestsAbove(count: number): CriterionOf<'request-count'> {
  return criticalCriterion(above(count), 'count', {
    id: 'requests',
    title: 'requests',
    measure: { kind: 'request-count' },
    minSamples: 1,
  });
}

/**
 * The share of requests that fail stays below the limit. A request fails where its response is not the expected
 * one, or where there is no response. It needs 100 requests.
 * @param limit a fraction: 0.01 is 1 %
 */
export function errorRateBelow(limit: number): CriterionOf<'error-rate'> {
  return criticalCriterion(below(limit), 'fraction', {
    id: 'error-rate',
    title: 'error rate',
    measure: { kind: 'error-rate' },
    minSamples: 100,
  });
}

/**
 * The share of responses that refuse by design, such as those of a rate limit, stays below the limit. It needs 30
 * requests.
 * @param status one of the `refusals` of an endpoint: 429
 * @param limit a fraction: 0.01 is 1 %
 */
export function refusalShareBelow(status: number, limit: number): CriterionOf<'refusal-share'> {
  return criticalCriterion(below(limit), 'fraction', {
    id: `refused-${status}`,
    title: `share refused with ${status}`,
    measure: { kind: 'refusal-share', status },
    minSamples: 30,
  });
}

/**
 * The share of responses that refuse by design exceeds the limit: it shows that a rate limit is active. It needs
 * 30 requests.
 * @param status one of the `refusals` of an endpoint: 429
 * @param limit a fraction: 0.01 is 1 %
 */
export function refusalShareAbove(status: number, limit: number): CriterionOf<'refusal-share'> {
  return criticalCriterion(above(limit), 'fraction', {
    id: `refused-${status}-at-least`,
    title: `minimum share refused with ${status}`,
    measure: { kind: 'refusal-share', status },
    minSamples: 30,
  });
}

/**
 * The share of responses that refuse by design stays between two limits.
 * @param status one of the `refusals` of an endpoint: 429
 * @param low a fraction: 0.01 is 1 %
 * @param high a fraction
 * @returns two criteria, one for each limit: spread them into the list
 */
export function refusalShareBetween(
  status: number,
  low: number,
  high: number,
): [CriterionOf<'refusal-share'>, CriterionOf<'refusal-share'>] {
  return [refusalShareAbove(status, low), refusalShareBelow(status, high)];
}

/**
 * The share of correct responses that report themselves as degraded stays below the limit. Endpoints name the
 * field by `degraded`.
 * @param limit a fraction: 0.01 is 1 %
 */
export function degradedShareBelow(limit: number): CriterionOf<'degraded-share'> {
  return criticalCriterion(below(limit), 'fraction', {
    id: 'degraded',
    title: 'share of degraded answers',
    measure: { kind: 'degraded-share' },
    minSamples: 30,
  });
}

/** No request times out. */
export function noTimeouts(): CriterionOf<'error-count'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'timeouts',
    title: 'timeouts',
    measure: { kind: 'error-count', errorKind: 'timeout' },
    minSamples: 1,
  });
}

/** Every response is the expected one: its status, and the field that `has` names. */
export function noFailedCheck(): CriterionOf<'failed-checks'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'failed-checks',
    title: 'failed checks',
    measure: { kind: 'failed-checks' },
    minSamples: 1,
  });
}

/**
 * Every response that was checked against its contract, a JSON Schema, satisfies it.
 * @param minSamples how many responses have to be checked for a verdict
 */
export function contractsHold(minSamples: number): CriterionOf<'contract-violations'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'contracts',
    title: 'responses that break their contract',
    measure: { kind: 'contract-violations' },
    minSamples,
  });
}

/**
 * The VUs of each burst start within this time of each other. It judges the burst with the widest spread.
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError where the limit is not a duration
 */
export function startSpreadBelow(limit: string): CriterionOf<'start-spread'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: 'start-spread',
    title: 'spread of starts in a burst',
    measure: { kind: 'start-spread' },
    minSamples: 2,
  });
}
