import { sleep } from 'k6';
import { planned, type Traffic, touchedBy } from '../core/definition/index.ts';
import { weightedChoice } from '../core/numbers/index.ts';
import type { Endpoint } from './endpoint.ts';
import { random } from './visitor.ts';

/** One kind of request of a mix. */
export interface Visit {
  endpoint: Endpoint;
  weight: number;
  send(endpoint: Endpoint): unknown;
}

/** Seconds a user takes between two actions, drawn evenly from a range. */
export type ThinkTime = readonly [min: number, max: number];

const THINK_TIME: ThinkTime = [1, 3];

export function visit(weight: number, endpoint: Endpoint, send: (endpoint: Endpoint) => unknown): Visit {
  return { endpoint, weight, send };
}

/** One request of the mix an iteration, by weight. */
export function mix(visits: readonly Visit[]): Traffic {
  const choose = weightedChoice(visits, ({ weight }) => weight);
  return {
    touches: () => ({ endpoints: visits.map(planned), flows: [] }),
    iterate: () => {
      const chosen = choose(random);
      chosen.send(chosen.endpoint);
    },
  };
}

/** One of several kinds of traffic an iteration, by weight: what users of different kinds do. */
export function oneOf(parts: readonly (readonly [traffic: Traffic, weight: number])[]): Traffic {
  const choose = weightedChoice(parts, (part) => part[1]);
  return {
    touches: () => touchedBy(parts.map(([traffic]) => traffic)),
    iterate: () => choose(random)[0].iterate(),
  };
}

/** Every request of a mix once, in order. */
export function each(visits: readonly Visit[]): Traffic {
  return {
    touches: () => ({ endpoints: visits.map(({ endpoint }) => planned({ endpoint })), flows: [] }),
    iterate: () => {
      for (const { endpoint, send } of visits) send(endpoint);
    },
  };
}

/** The same traffic, each iteration followed by a pause as a user makes one. */
export function withThinkTime(traffic: Traffic, thinkTime: ThinkTime = THINK_TIME): Traffic {
  const min = thinkTime[0];
  const range = thinkTime[1] - min;
  return {
    touches: traffic.touches,
    iterate: () => {
      traffic.iterate();
      sleep(min + random() * range);
    },
  };
}
