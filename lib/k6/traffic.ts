import { sleep } from 'k6';
import { plannedEndpoint, type Traffic, usageOf } from '../core/definition/index.ts';
import { weightedChoice } from '../core/numbers/index.ts';
import type { Endpoint } from './endpoint.ts';
import { random } from './per-vu.ts';

/** One kind of request, with its weight in a mix. Create it with `visit(…)`. */
export interface Visit {
  endpoint: Endpoint;
  weight: number;
  send(endpoint: Endpoint): unknown;
}

/** Minimum and maximum pause between two actions of a user, in seconds. */
export type ThinkTime = readonly [min: number, max: number];

const THINK_TIME: ThinkTime = [1, 3];

/**
 * One kind of request for `mix` or `each`: `visit(90, readArticle, (it) => it.call('1'))`.
 * @param weight weight in the mix, relative to the other weights; `each` ignores it
 * @param send sends the request to the endpoint
 */
export function visit(weight: number, endpoint: Endpoint, send: (endpoint: Endpoint) => unknown): Visit {
  return { endpoint, weight, send };
}

/**
 * Traffic that sends one request in each iteration, chosen at random by weight:
 *
 *     mix([
 *       visit(90, readArticle, (it) => it.call('1')),
 *       visit(10, placeOrder, (it) => it.call('', orders.next())),
 *     ])
 *
 * @throws RangeError if a weight is negative, or all are 0
 */
export function mix(visits: readonly Visit[]): Traffic {
  const choose = weightedChoice(visits, ({ weight }) => weight);
  return {
    uses: () => ({ endpoints: visits.map(plannedEndpoint), flows: [] }),
    iterate: () => {
      const chosen = choose(random);
      chosen.send(chosen.endpoint);
    },
  };
}

/**
 * Traffic that performs one of several kinds of traffic in each iteration, chosen at random by weight, for users of
 * different kinds: `oneOf([[browsing, 9], [purchase, 1]])`.
 * @throws RangeError if a weight is negative, or all are 0
 */
export function oneOf(parts: readonly (readonly [traffic: Traffic, weight: number])[]): Traffic {
  const choose = weightedChoice(parts, (part) => part[1]);
  return {
    uses: () => usageOf(parts.map(([traffic]) => traffic)),
    iterate: () => choose(random)[0].iterate(),
  };
}

/** Traffic that sends all requests in each iteration, in order: `each([visit(1, readArticle, (it) => it.call('1'))])`. */
export function each(visits: readonly Visit[]): Traffic {
  return {
    uses: () => ({ endpoints: visits.map(({ endpoint }) => plannedEndpoint({ endpoint })), flows: [] }),
    iterate: () => {
      for (const { endpoint, send } of visits) send(endpoint);
    },
  };
}

/**
 * Adds a pause of random length after each iteration, like that of a user between two actions:
 * `withThinkTime(mix(visits), [2, 5])`.
 * @param thinkTime minimum and maximum pause in seconds. Default: `[1, 3]`
 */
export function withThinkTime(traffic: Traffic, thinkTime: ThinkTime = THINK_TIME): Traffic {
  const min = thinkTime[0];
  const range = thinkTime[1] - min;
  return {
    uses: traffic.uses,
    iterate: () => {
      traffic.iterate();
      sleep(min + random() * range);
    },
  };
}
