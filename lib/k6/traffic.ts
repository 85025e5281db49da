import { sleep } from 'k6';
import { plannedEndpoint, type Traffic, usageOf } from '../core/definition/index.ts';
import { weightedChoice } from '../core/numbers/index.ts';
import type { Endpoint } from './endpoint.ts';
import { random } from './per-vu.ts';

/** One kind of request of a mix. */
export interface Visit {
  endpoint: Endpoint;
  weight: number;
  send(endpoint: Endpoint): unknown;
}

/** Shortest and longest pause between two actions of a user, in seconds. */
export type ThinkTime = readonly [min: number, max: number];

const THINK_TIME: ThinkTime = [1, 3];

/**
 * One kind of request for `mix` or `each`.
 * @param weight share of the mix, relative to the other weights; `each` ignores it
 * @param send sends the request: `(it) => it.call('1')`
 */
export function visit(weight: number, endpoint: Endpoint, send: (endpoint: Endpoint) => unknown): Visit {
  return { endpoint, weight, send };
}

/**
 * Traffic that sends one request of the mix in each iteration, drawn by weight.
 * @throws RangeError where a weight is negative, or all are 0
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
 * Traffic that performs one of several kinds of traffic in each iteration, drawn by weight: users of different
 * kinds.
 * @throws RangeError where a weight is negative, or all are 0
 */
export function oneOf(parts: readonly (readonly [traffic: Traffic, weight: number])[]): Traffic {
  const choose = weightedChoice(parts, (part) => part[1]);
  return {
    uses: () => usageOf(parts.map(([traffic]) => traffic)),
    iterate: () => choose(random)[0].iterate(),
  };
}

/** Traffic that sends every request once in each iteration, in order. */
export function each(visits: readonly Visit[]): Traffic {
  return {
    uses: () => ({ endpoints: visits.map(({ endpoint }) => plannedEndpoint({ endpoint })), flows: [] }),
    iterate: () => {
      for (const { endpoint, send } of visits) send(endpoint);
    },
  };
}

/**
 * Adds a pause after each iteration, as a user pauses between two actions.
 * @param thinkTime shortest and longest pause in seconds. Default: `[1, 3]`
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
