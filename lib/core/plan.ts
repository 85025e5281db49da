import type { Criterion } from './criteria.ts';
import type { VariableName } from './variables.ts';
import type { Scale, Workload } from './workloads.ts';

export const PLAN_VERSION = 1;

/**
 * What a test tells the runner about itself. It travels in k6's `options.ext.suite`, which `k6 inspect`
 * gives back: the runner never loads a test's code, and never guesses.
 */
export interface TestPlan {
  version: typeof PLAN_VERSION;
  product: string;
  test: string;
  description: string;
  workload: Workload;
  scale: Scale;
  endpoints: PlannedEndpoint[];
  flows: PlannedFlow[];
  criteria: Criterion[];
  /** Environment variables without which the test cannot run. */
  requires: VariableName[];
  target: TargetDescription;
  seed: number;
  /** Share of the responses whose body is held against its contract: 0 none, 1 every one. */
  contractShare: number;
}

export interface PlannedEndpoint {
  /** Method and route template: `GET /admin/bookings/:id`. */
  name: string;
  /** Share of the mix; absent for endpoints that only flows call. */
  weight?: number;
  expectedStatus: number;
  /** Statuses that are no error either: a target may lack what is asked for. */
  toleratedStatuses?: number[];
}

export interface PlannedFlow {
  name: string;
  steps: string[];
}

/** How a request proves who sends it. */
export type Authentication =
  | { scheme: 'none' }
  | { scheme: 'bearer'; variable: VariableName }
  | { scheme: 'hmac-sha256'; variable: VariableName; header: string };

/** What the runner may ask of a target before and while load is put on it. */
export interface TargetDescription {
  healthPath: string;
  metricsPath: string;
  /** Requests that show whether the target takes our credentials, and that change nothing in it. */
  probes: CredentialProbe[];
}

export interface CredentialProbe {
  /** As told to a person: `admin token`. */
  what: string;
  method: 'GET' | 'POST';
  path: string;
  body?: string;
  auth: Authentication;
  /** Statuses that mean: taken with its credentials. */
  acceptedStatuses: number[];
  /** Statuses that mean: refused for its credentials. */
  refusedStatuses: number[];
}
