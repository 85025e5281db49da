import type { PlannedEndpoint, PlannedFlow } from './plan.ts';

/**
 * What a VU does in each iteration. Create traffic with functions such as `mix`, `each` and `flow`, or implement this
 * interface yourself.
 */
export interface Traffic {
  /** Lists the endpoints and flows that the traffic uses. k6 calls it once, before the load starts. */
  uses(): TrafficUsage;
  /** Performs one iteration. */
  iterate(): void;
}

/**
 * The traffic of a test: one for all scenarios of the workload, or one for each scenario by its name:
 * `{ load: usualTraffic, probe: readTraffic }`.
 */
export type TrafficPlan = Traffic | Readonly<Record<string, Traffic>>;

export const isSingleTraffic = (plan: TrafficPlan): plan is Traffic => typeof plan.iterate === 'function';

/** The endpoints and flows that traffic uses, for the plan of the test. */
export interface TrafficUsage {
  endpoints: PlannedEndpoint[];
  flows: PlannedFlow[];
}

/** The properties of an endpoint that the plan of a test contains. Every `Endpoint` has them. */
export interface PlannableEndpoint {
  name: string;
  options: Pick<PlannedEndpoint, 'toleratedStatuses' | 'refusals' | 'redirects' | 'creates'> & {
    expectedStatus?: number;
    degraded?: string;
  };
}

export const DEFAULT_EXPECTED_STATUS = 200;

/**
 * Describes an endpoint for the plan. Use it in `uses()` if you implement `Traffic` yourself:
 * `uses: () => ({ endpoints: [plannedEndpoint({ endpoint: readOrder })], flows: [] })`.
 */
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
    redirects,
    degraded,
    creates,
  } = endpoint.options;
  return {
    name: endpoint.name,
    expectedStatus,
    ...(toleratedStatuses && { toleratedStatuses }),
    ...(refusals && { refusals }),
    ...(redirects && { redirects }),
    ...(degraded !== undefined && { degradable: true as const }),
    ...(creates !== undefined && { creates }),
    ...(weight !== undefined && { weight }),
  };
}

/** Traffic that performs all given traffic in each iteration, in order: `inSequence(signIn, usualTraffic)`. */
export function inSequence(...parts: readonly Traffic[]): Traffic {
  return {
    uses: () => usageOf(parts),
    iterate: () => {
      for (const part of parts) part.iterate();
    },
  };
}

/**
 * The endpoints and flows that several kinds of traffic use. Lists an endpoint once even if several kinds of traffic
 * call it.
 */
export function usageOf(parts: readonly Traffic[]): TrafficUsage {
  const usages = parts.map((part) => part.uses());
  const endpoints = usages.flatMap((usage) => usage.endpoints);
  const byName = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  return { endpoints: [...byName.values()], flows: usages.flatMap((usage) => usage.flows) };
}

/** @throws Error if a scenario has no traffic, or if the workload does not have a scenario for which there is traffic */
export function trafficOfScenarios(traffic: TrafficPlan, scenarios: readonly string[]): Traffic[] {
  if (isSingleTraffic(traffic)) return [traffic];
  const given = Object.keys(traffic);
  if (given.length !== scenarios.length || !scenarios.every((name) => given.includes(name)))
    throw new Error(
      `The test has traffic for ${given.join(', ')}, but the workload has the scenarios ${scenarios.join(', ')}.`,
    );
  return Object.values(traffic);
}
