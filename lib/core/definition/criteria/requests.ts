import { percentileName } from '../../numbers/index.ts';
import type { CriterionOf } from '../criterion.ts';
import { AT_MOST_ZERO, above, below, belowDuration, criticalCriterion, minSamplesFor } from './limits.ts';

/**
 * Limits a percentile of the response times: `percentileBelow(0.95, '400ms')` requires a p95 below 400 ms. Ten
 * requests above the percentile are required: 200 requests for the p95, 1,000 for the p99.
 * @param q the percentile as a fraction: 0.95 for the p95
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError if the limit is not a duration
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
 * Limits the mean response time: `meanBelow('200ms')`. At least 30 requests are required.
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError if the limit is not a duration
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
 * Sets a minimum for the requests per second: `during(['hold'], throughputAbove(200))` requires more than 200. Narrow
 * it to the phase that holds the load, because VUs send fewer requests while they ramp up and down. At least 100
 * requests are required.
 * @param perSecond requests per second
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
 * Sets a minimum for the requests in the run: `requestsAbove(100_000)` requires more than 100,000. Use it to ensure
 * that the other criteria were judged under the intended load.
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
 * Limits the share of the requests that fail: `errorRateBelow(0.01)`. A request fails if it gets no response, or a
 * response other than the expected one. At least 100 requests are required.
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
 * Limits the share of the requests that the target refuses by design, for example by a rate limit:
 * `refusalShareBelow(429, 0.1)`. At least 30 requests are required.
 * @param status one of the `refusals` of an endpoint, such as 429
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
 * Sets a minimum for the share of the requests that the target refuses by design: `refusalShareAbove(429, 0.5)`
 * shows that a rate limit is active. At least 30 requests are required.
 * @param status one of the `refusals` of an endpoint, such as 429
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
 * Sets a minimum and a maximum for the share of the requests that the target refuses by design. It returns two
 * criteria, so spread it into the list: `criteria: [...refusalShareBetween(429, 0.3, 0.6)]`.
 * @param status one of the `refusals` of an endpoint, such as 429
 * @param low a fraction: 0.01 is 1 %
 * @param high a fraction
 * @returns one criterion for each limit
 */
export function refusalShareBetween(
  status: number,
  low: number,
  high: number,
): [CriterionOf<'refusal-share'>, CriterionOf<'refusal-share'>] {
  return [refusalShareAbove(status, low), refusalShareBelow(status, high)];
}

/**
 * Limits the share of the responses that report themselves as degraded: `degradedShareBelow(0.05)`. The option
 * `degraded` of an endpoint names the field that reports it. At least 30 requests are required.
 * @param limit a fraction: 0.01 is 1 %
 */
export function degradedShareBelow(limit: number): CriterionOf<'degraded-share'> {
  return criticalCriterion(below(limit), 'fraction', {
    id: 'degraded',
    title: 'share of degraded responses',
    measure: { kind: 'degraded-share' },
    minSamples: 30,
  });
}

/** Requires that no request times out. */
export function noTimeouts(): CriterionOf<'error-count'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'timeouts',
    title: 'timeouts',
    measure: { kind: 'error-count', errorKind: 'timeout' },
    minSamples: 1,
  });
}

/**
 * Requires that every response is the expected one: it has the expected status and the field named by the option
 * `has`.
 */
export function noFailedCheck(): CriterionOf<'failed-checks'> {
  return criticalCriterion(AT_MOST_ZERO, 'count', {
    id: 'failed-checks',
    title: 'failed checks',
    measure: { kind: 'failed-checks' },
    minSamples: 1,
  });
}

/**
 * Requires that no checked response violates its contract, a JSON Schema: `contractsHold(100)`.
 * @param minSamples number of responses that must be checked
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
 * Limits the time between the first and the last start of a VU in a burst. It judges the burst with the widest
 * spread: `startSpreadBelow('100ms')`.
 * @param limit a duration such as `400ms` or `1m30s`
 * @throws RangeError if the limit is not a duration
 */
export function startSpreadBelow(limit: string): CriterionOf<'start-spread'> {
  return criticalCriterion(belowDuration(limit), 'ms', {
    id: 'start-spread',
    title: 'spread of starts in a burst',
    measure: { kind: 'start-spread' },
    minSamples: 2,
  });
}
