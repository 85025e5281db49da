import { sleep } from 'k6';
import type { PlannedEndpoint, PlannedFlow } from '../core/definition/index.ts';
import { weightedChoice } from '../core/numbers/index.ts';
import { type Endpoint, OK } from './endpoint.ts';
import { random } from './visitor.ts';

/** What one iteration of a VU does, and what it touches while doing so. */
export interface Traffic {
  /** Asked for once, where the test is described: no VU has to work it out. */
  touches(): Touched;
  iterate(): void;
}

/** The same for every scenario of the workload, or each its own by its name. */
export type TrafficPlan = Traffic | Readonly<Record<string, Traffic>>;

export const isForAll = (plan: TrafficPlan): plan is Traffic => typeof plan.iterate === 'function';

export interface Touched {
  endpoints: PlannedEndpoint[];
  flows: PlannedFlow[];
}

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

/** Several kinds of traffic in one iteration, one after the other. */
export function inSequence(...parts: readonly Traffic[]): Traffic {
  return {
    touches: () => touchedBy(parts),
    iterate: () => {
      for (const part of parts) part.iterate();
    },
  };
}

/** What several kinds of traffic touch together; an endpoint that several call counts once. */
export function touchedBy(parts: readonly Traffic[]): Touched {
  const touched = parts.map((part) => part.touches());
  const endpoints = new Map(touched.flatMap((one) => one.endpoints).map((one) => [one.name, one]));
  return { endpoints: [...endpoints.values()], flows: touched.flatMap((one) => one.flows) };
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

/** What a plan says of an endpoint. */
export function planned({ endpoint, weight }: { endpoint: Endpoint; weight?: number }): PlannedEndpoint {
  const { expectedStatus = OK, toleratedStatuses, refusals, degraded, creates } = endpoint.options;
  return {
    name: endpoint.name,
    expectedStatus,
    ...(toleratedStatuses && { toleratedStatuses }),
    ...(refusals && { refusals }),
    ...(degraded !== undefined && { degradable: true as const }),
    ...(creates !== undefined && { creates }),
    ...(weight !== undefined && { weight }),
  };
}
