import type { Criterion } from './criterion.ts';
import type { DeclaredVariable } from './product-variables.ts';
import type { Scale, Workload } from './workload.ts';

export const PLAN_VERSION = 2;

/**
 * Describes a test to the runner. The plan is stored in k6's `options.ext.suite`, and the runner reads it from the
 * output of `k6 inspect`. The runner never loads the code of a test.
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
  /** Environment variables declared by the product. */
  variables: readonly DeclaredVariable[];
  target: TargetDescription;
  seed: number;
  /** Share of the responses that are checked against their contract, from 0 (none) to 1 (all). */
  contractShare: number;
  /** Absent if the report contains only the verdict on the criteria. */
  assess?: Assessment[];
  /** Absent if the product cannot remove the records that its tests create. */
  cleanup?: CleanUp;
  /** Absent if the product cannot count the records that its tests create. */
  ledger?: Ledger;
}

/**
 * An additional section of the report: `readiness` scores the target, and `checklist` lists the requirements for a
 * launch.
 */
export type Assessment = 'readiness' | 'checklist';

/** The description of an endpoint in the plan of a test. */
export interface PlannedEndpoint {
  /** Method and route template, such as `GET /orders/:id`. */
  name: string;
  /** Weight in the mix. Absent for endpoints that only flows call. */
  weight?: number;
  expectedStatus: number;
  /** Statuses that do not count as errors, in addition to the expected status. */
  toleratedStatuses?: number[];
  /** Statuses by which the target refuses requests by design. They are not errors and are counted separately. */
  refusals?: number[];
  /** Number of redirects that a call follows. Absent if it follows none. */
  redirects?: number;
  /** Its responses can report themselves as degraded. Degraded responses are counted separately. */
  degradable?: true;
  /** Kind of record that each correct response creates, such as `order`. */
  creates?: string;
}

/** The description of a flow in the plan of a test: its name, and the names of its steps in order. */
export interface PlannedFlow {
  name: string;
  steps: string[];
}

/**
 * How a request authenticates. Create one with `none`, `bearer(…)`, `apiKey(…)` or `signed(…)`. `variable` is the
 * name of an environment variable that the product declares.
 */
export type Authentication =
  | { scheme: 'none' }
  | { scheme: 'bearer'; variable: string }
  | { scheme: 'api-key'; variable: string; header: string }
  | { scheme: 'hmac-sha256'; variable: string; header: string };

/**
 * The header that carries the id of the run on requests that create records, and the path parameter for that id in
 * `CleanUp` and `Ledger`. The target stores the id with each record.
 */
export const LOAD_RUN = { header: 'X-Load-Run', parameter: ':run' } as const;

/**
 * How the runner removes the records that a run created: `{ through: 'api', path: '/admin/runs/:run', auth: admin }`.
 * Repeating a cleanup must be safe.
 */
export type CleanUp =
  /**
   * DELETE on a path that contains `:run`. The response is the number of records by kind:
   * `{"removed": {"order": 12}}`.
   */
  | { through: 'api'; path: string; auth: Authentication }
  /** SQL for TARGET_DATABASE_URL, run in order in one transaction. `$1` is the run id. The affected rows are counted. */
  | { through: 'sql'; statements: { kind: string; sql: string }[] };

/**
 * How the runner counts the records that a run created, by kind: complete, incomplete and duplicate ones.
 * `{ through: 'api', path: '/admin/runs/:run/ledger', auth: admin }`
 */
export type Ledger =
  /**
   * GET on a path that contains `:run`. The response is
   * `{"ledger": {"order": {"complete": 12, "incomplete": 0, "duplicates": 0}}}`.
   */
  | { through: 'api'; path: string; auth: Authentication }
  /**
   * SQL for TARGET_DATABASE_URL. `$1` is the run id. Each query returns one row with
   * `complete, incomplete, duplicates`.
   */
  | { through: 'sql'; statements: { kind: string; sql: string }[] };

/** The URLs that the runner may request from the target before, during and after the load. */
export interface TargetDescription {
  healthPath: string;
  metricsPath: string;
  /** Requests that check, before the load, whether the target accepts the credentials. */
  probes: CredentialProbe[];
  /**
   * Path of the endpoint at which the target reports the names of its required and missing environment variables:
   * `{"required": […], "missing": […]}`.
   */
  configuration?: { path: string; auth: Authentication };
}

/**
 * A request by which the runner checks, before the load, whether the target accepts the credentials. It must not
 * change any data.
 */
export interface CredentialProbe {
  /** Name of the credentials in messages, such as `admin token`. */
  what: string;
  /** Default: GET */
  method?: 'GET' | 'POST';
  path: string;
  body?: string;
  auth: Authentication;
  /** Statuses by which the target accepts the credentials. Default: 200 */
  acceptedStatuses?: number[];
  /** Statuses by which the target refuses the credentials. Default: 401 and 403 */
  refusedStatuses?: number[];
}
