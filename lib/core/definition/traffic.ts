import type { PlannedEndpoint, PlannedFlow } from './plan.ts';

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

/** What an endpoint says of itself, as far as it is part of a plan. */
export interface PlannableEndpoint {
  name: string;
  options: Pick<PlannedEndpoint, 'toleratedStatuses' | 'refusals' | 'creates'> & {
    expectedStatus?: number;
    degraded?: string;
  };
}

/** Status of a right answer where nothing else is said. */
export const OK = 200;

/** What a plan says of an endpoint. */
export function planned({
  endpoint,
  weight,
}: {
  endpoint: PlannableEndpoint;
  weight?: number;
}): PlannedEndpoint {
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

/** @throws Error where not every scenario has traffic, or there is some for one that is not */
export function trafficFor(traffic: TrafficPlan, scenarios: readonly string[]): Traffic[] {
  if (isForAll(traffic)) return [traffic];
  const given = Object.keys(traffic);
  if (given.length !== scenarios.length || !scenarios.every((name) => given.includes(name)))
    throw new Error(`traffic is for ${given.join(', ')}, but the workload has ${scenarios.join(', ')}`);
  return Object.values(traffic);
}
