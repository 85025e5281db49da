import type { PlannedEndpoint, PlannedFlow } from './plan.ts';

/** What one iteration of a VU does, and the endpoints and flows that it uses. */
export interface Traffic {
  /** Called once, when the test starts, and by no VU. */
  uses(): TrafficUsage;
  /** One iteration. */
  iterate(): void;
}

/**
 * The traffic of a test: the same for every scenario of the workload, or traffic by the name of the scenario.
 */
export type TrafficPlan = Traffic | Readonly<Record<string, Traffic>>;

export const isSingleTraffic = (plan: TrafficPlan): plan is Traffic => typeof plan.iterate === 'function';

/** The endpoints and flows that traffic uses, as the plan of the test lists them. */
export interface TrafficUsage {
  endpoints: PlannedEndpoint[];
  flows: PlannedFlow[];
}

/** The part of an endpoint that a plan describes. */
export interface PlannableEndpoint {
  name: string;
  options: Pick<PlannedEndpoint, 'toleratedStatuses' | 'refusals' | 'creates'> & {
    expectedStatus?: number;
    degraded?: string;
  };
}

/** Status of a right answer where nothing else is said. */
export const DEFAULT_EXPECTED_STATUS = 200;

/** Describes an endpoint for `touches` of traffic that you write yourself. */
export function plannedEndpoint({
  endpoint,
  weight,
}: {
  endpoint: PlannableEndpoint;
  weight?: number;
}): PlannedEndpoint {
  const {
    expectedStatus = DEFAULT_EXPECTED_STATUS,
    toleratedStatuses,
    refusals,
    degraded,
    creates,
  } = endpoint.options;
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

/** Traffic that performs several kinds of traffic in each iteration, in order. */
export function inSequence(...parts: readonly Traffic[]): Traffic {
  return {
    uses: () => usageOf(parts),
    iterate: () => {
      for (const part of parts) part.iterate();
    },
  };
}

/** What several kinds of traffic touch together; an endpoint that several call counts once. */
export function usageOf(parts: readonly Traffic[]): TrafficUsage {
  const touched = parts.map((part) => part.uses());
  const endpoints = new Map(touched.flatMap((one) => one.endpoints).map((one) => [one.name, one]));
  return { endpoints: [...endpoints.values()], flows: touched.flatMap((one) => one.flows) };
}

/** @throws Error where not every scenario has traffic, or there is some for one that is not */
export function trafficOfScenarios(traffic: TrafficPlan, scenarios: readonly string[]): Traffic[] {
  if (isSingleTraffic(traffic)) return [traffic];
  const given = Object.keys(traffic);
  if (given.length !== scenarios.length || !scenarios.every((name) => given.includes(name)))
    throw new Error(`traffic is for ${given.join(', ')}, but the workload has ${scenarios.join(', ')}`);
  return Object.values(traffic);
}
