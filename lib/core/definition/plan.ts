import type { Criterion } from './criterion.ts';
import type { DeclaredVariable } from './product-variables.ts';
import type { Scale, Workload } from './workload.ts';

export const PLAN_VERSION = 2;

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
  /** Environment variables that the product declares. */
  variables: readonly DeclaredVariable[];
  target: TargetDescription;
  seed: number;
  /** Share of the responses whose body is held against its contract: 0 none, 1 every one. */
  contractShare: number;
  /** Absent where nothing is assessed beside the criteria. */
  assess?: Assessment[];
  /** Absent where a product cannot remove what its tests create. */
  cleanup?: CleanUp;
  /** Absent where nobody can tell what has become of that. */
  ledger?: Ledger;
}

/**
 * What the report assesses beside the criteria: `readiness` scores the target, `checklist` lists what a launch
 * needs.
 */
export type Assessment = 'readiness' | 'checklist';

/** An endpoint as the plan of a test describes it. */
export interface PlannedEndpoint {
  /** Method and route template: `GET /orders/:id`. */
  name: string;
  /** Share of the mix; absent for endpoints that only flows call. */
  weight?: number;
  expectedStatus: number;
  /** Statuses that are not errors either. */
  toleratedStatuses?: number[];
  /** Statuses with which the target refuses by design: not errors, and counted separately. */
  refusals?: number[];
  /** Its responses can be degraded, and are then counted separately. */
  degradable?: true;
  /** Kind of record that each correct response has created. */
  creates?: string;
}

/** A flow as the plan of a test describes it: its name and the names of its steps, in order. */
export interface PlannedFlow {
  name: string;
  steps: string[];
}

/** How a request proves who sends it. `variable` is the name of a variable of the product. */
export type Authentication =
  | { scheme: 'none' }
  | { scheme: 'bearer'; variable: string }
  | { scheme: 'api-key'; variable: string; header: string }
  | { scheme: 'hmac-sha256'; variable: string; header: string };

/** Header and path parameter with the id of the run that creates a record: what the target has to mark it with. */
export const LOAD_RUN = { header: 'X-Load-Run', parameter: ':run' } as const;

/** How the records that a run created are removed from the target. It has to be safe to repeat. */
export type CleanUp =
  /** DELETE on a path with `:run` in it, answered `{"removed": {"order": 12}}`: how many of each kind. */
  | { through: 'api'; path: string; auth: Authentication }
  /** Statements for TARGET_DATABASE_URL, in order and as one transaction. `$1` is the id of the run; the rows are counted. */
  | { through: 'sql'; statements: { kind: string; sql: string }[] };

/** How the records that a run created are counted by kind: complete, incomplete and duplicate ones. */
export type Ledger =
  /** GET on a path with `:run` in it, answered `{"ledger": {"order": {"complete": 12, "incomplete": 0, "duplicates": 0}}}`. */
  | { through: 'api'; path: string; auth: Authentication }
  /** For TARGET_DATABASE_URL. `$1` is the id of the run; each answers one row, `complete, incomplete, duplicates`. */
  | { through: 'sql'; statements: { kind: string; sql: string }[] };

/** What the runner may request from the target before and during the load. */
export interface TargetDescription {
  healthPath: string;
  metricsPath: string;
  /** Requests that show whether the target accepts the credentials. */
  probes: CredentialProbe[];
  /** Where the target responds with `{"required": […], "missing": […]}`: names of its environment variables, without values. */
  configuration?: { path: string; auth: Authentication };
}

/**
 * A request that shows, before any load, whether the target accepts the credentials. It must not change anything.
 */
export interface CredentialProbe {
  /** What messages call the credentials: `admin token`. */
  what: string;
  /** Default: GET */
  method?: 'GET' | 'POST';
  path: string;
  body?: string;
  auth: Authentication;
  /** Statuses that mean that the credentials are accepted. Default: 200 */
  acceptedStatuses?: number[];
  /** Statuses that mean that the credentials are refused. Default: 401 and 403 */
  refusedStatuses?: number[];
}
