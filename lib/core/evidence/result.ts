import type { Assessment, Criterion, Measure, Phase, Scale, TargetEnvironment } from '../definition/index.ts';
import type { ErrorKind, TrendStats } from '../metrics/index.ts';
import type { Histogram, Interval } from '../numbers/index.ts';
import type { ChecklistFinding, Readiness } from './assessments.ts';
import type { Cause } from './causes.ts';
import type { Ladder } from './ladder.ts';
import type { ProbeName } from './probe-columns.ts';

export const RESULT_VERSION = 2;

/** The result of one run, published as result.schema.json. Times are in ms, rates are fractions of 1. */
export interface Result extends Evidence {
  schemaVersion: typeof RESULT_VERSION;
  criteria: JudgedCriterion[];
  diagnosis: Diagnosis[];
  /** Periods in which several criteria were violated at the same time. */
  disturbances: Disturbance[];
  /** Examples of failed and slow requests. */
  exchanges: Exchange[];
  verdict: Verdict;
  /** Readiness score; absent unless the test requests it. */
  readiness?: Readiness;
  /** Evidence for each category of the checklist; absent unless the test requests the checklist. */
  checklist?: ChecklistFinding[];
  /** Absent if the workload is not a ladder or no rung was measured. */
  ladder?: Ladder;
}

/** Returns whether a result contains every assessment that its test requests. */
export const isAssessed = ({ run, readiness, checklist, ladder }: Result): boolean =>
  (readiness !== undefined || !run.assess?.includes('readiness')) &&
  (checklist !== undefined || !run.assess?.includes('checklist')) &&
  (ladder !== undefined || run.workload.kind !== 'ladder');

/** Everything that was measured: the only input of verdict and diagnosis. */
export interface Evidence {
  run: Run;
  fingerprint: Fingerprint;
  totals: Totals;
  endpoints: EndpointFigures[];
  flows: FlowFigures[];
  phases: PhaseFigures[];
  errors: ErrorFigures[];
  /** Requests by HTTP status; 0 stands for no response. */
  statuses: Record<string, number>;
  contracts: { share: number; checked: number; broken: number };
  /** How close together the VUs of each burst started; empty if the workload has no bursts. */
  bursts: BurstFigures[];
  windows: Windows;
  /** Samples of the target and its dependencies, by probe. */
  resources: Partial<Record<ProbeName, Samples>>;
  /** What the database and the cache report once, at the end of the run; null if they were not queried. */
  details: {
    postgresql: PostgresqlDetails | null;
    redis: RedisDetails | null;
    /** Environment variables that the target reports; absent if the target does not report them. */
    configuration?: ConfigurationDetails | null;
  };
  /** Figures of the load generator, or of all load generators combined. */
  generator: Generator;
  /** Figures of each load generator; absent if there is only one. */
  generators?: GeneratorFigures[];
  /** Created and removed records; null if the product's tests create no records or define no way to remove them. */
  cleanup: CleanUpFigures | null;
  /** Acknowledged and found records by kind; absent if they were not counted. */
  ledger?: LedgerFigures | null;
}

/** A run with the outcome `stopped-early` is judged by what it measured until its target was clearly broken. */
export type RunOutcome = 'completed' | 'stopped-early' | 'aborted' | 'crashed' | 'interrupted';

export interface Run {
  id: string;
  product: string;
  test: string;
  description: string;
  environment: TargetEnvironment;
  target: string;
  /** Environment variables that change the reference service from its defaults; absent for any other target. */
  targetSettings?: Record<string, string>;
  labels: Record<string, string>;
  workload: { kind: string; model: 'open' | 'closed'; peakVUs: number; durationMs: number; phases: Phase[] };
  scale: Scale;
  /** True if the run was scaled down in duration or load. Such a run is not comparable with a full run. */
  scaled: boolean;
  seed: number;
  startedAt: string;
  endedAt: string;
  durationMs: number;
  outcome: RunOutcome;
  /** Why the run did not complete, for display; null if it did. */
  outcomeReason: string | null;
  /** True if the figures come from the closed windows because k6 wrote no summary. */
  partial: boolean;
  /** Remarks that a reader of the result should know. */
  notes: string[];
  /** Assessments that the test requests in addition to its criteria. */
  assess?: Assessment[];
  versions: { suite: string; k6: string | null; node: string };
  /** Git commits; null if unknown. `service` is the commit that the target reports. */
  commits: { suite: string | null; tests: string | null; service: string | null };
  host: { platform: string; cores: number; memoryBytes: number };
}

/** Runs with the same hash are comparable. If the hashes differ, the parts show the differences. */
export interface Fingerprint {
  hash: string;
  parts: { test: string; workload: string; data: string; scale: string; k6: string; responseTime: string };
}

/** Statistics of a duration, and its histogram if telemetry recorded it. */
export interface Trend extends TrendStats {
  histogram: Histogram | null;
}

/** Definitions of response time: part of the fingerprint, because times by different definitions are not comparable. */
export const RESPONSE_TIME = {
  /** From the call until the body is read. */
  whole: 'whole wait',
  /** Schema version 1: without name resolution, connecting, TLS and waiting for a free connection. */
  withoutConnecting: 'without connecting',
} as const;

/** Counts of refused and degraded responses, which do not count as errors. */
export interface RefusedAndDegraded {
  /** Requests refused by design, by status. */
  refusals: Record<string, number>;
  /** Successful responses that the target marked as degraded. */
  degraded: number;
}

/** Requests and how long they took. One call of an endpoint is one request, with all redirects that it follows. */
interface RequestFigures extends RefusedAndDegraded {
  requests: number;
  errors: number;
  /** Errors without a response when the scenario ended. */
  unanswered: number;
  errorRate: number;
  /** Requests that followed a redirect, in addition to `requests`. */
  redirectHops: number;
  /** The whole wait for a response: name resolution, connecting, TLS, waiting for a free connection, and the response. */
  responseTimeMs: Trend;
  /** k6's `http_req_duration`: sending, waiting and receiving on an open connection. */
  durationMs: Trend;
}

export interface Totals extends RequestFigures {
  throughputPerS: number;
  iterations: number;
  receivedBytes: number;
  sentBytes: number;
}

export interface EndpointFigures extends RequestFigures {
  name: string;
  /** Requests by HTTP status; 0 stands for no response. */
  statuses: Record<string, number>;
}

export interface PhaseFigures extends EndpointFigures {
  startMs: number;
  endMs: number;
  throughputPerS: number;
  endpoints: EndpointFigures[];
}

export interface BurstFigures {
  phase: string;
  /** Number of VUs that should have started at the same time. */
  vus: number;
  /** Number of VUs that did start. */
  began: number;
  /** Time between the first and the last start; null if no VU started. */
  spreadMs: number | null;
}

/** Records by kind. The number of created records is derived from the responses. */
export interface CleanUpFigures {
  created: Record<string, number>;
  /** Number of removed records by kind; null until the records are removed. */
  removed: Record<string, number> | null;
  /** Explains why records were not removed, or why no removal was needed; null otherwise. */
  note: string | null;
}

export type LedgerFigures = Record<string, LedgerEntry>;

/** Records of one kind, as acknowledged during the run and as found after it. */
export interface LedgerEntry {
  /** Records that a successful response confirmed. */
  acknowledged: number;
  complete: number;
  /** Partially written records: some of their related data is missing. */
  incomplete: number;
  /** Surplus copies of records. */
  duplicates: number;
  /** Records that the target acknowledged but that are missing after the run. */
  lost: number;
  /** Endpoints that create these records. */
  endpoints?: string[];
}

export interface FlowFigures {
  name: string;
  iterations: number;
  succeeded: number;
  successRate: number;
  durationMs: Trend;
  steps: StepFigures[];
  failures: { reason: string; count: number; share: number }[];
}

export interface StepFigures {
  name: string;
  /** False if the target does not make the step observable. */
  observable: boolean;
  attempts: number;
  succeeded: number;
  successRate: number;
  durationMs: Trend;
}

export interface ErrorFigures {
  kind: ErrorKind;
  /** HTTP status, or k6's error code if there was no response. */
  code: string;
  /** Reason given in the response, or the kind if there is none. */
  reason: string;
  endpoint: string;
  count: number;
  /** Share of all errors. */
  share: number;
}

type Column = (number | null)[];

/**
 * The run over time, one column per figure. Times are response times, as in `responseTimeMs`. Null marks a window
 * without anything to measure.
 */
export interface Windows {
  /** From the start of the run. */
  startMs: number[];
  durationMs: number[];
  vus: Column;
  requests: number[];
  errors: number[];
  /** Errors of each kind that occurred. */
  errorsByKind: Partial<Record<ErrorKind, number[]>>;
  iterations: number[];
  droppedIterations: number[];
  meanMs: Column;
  p50Ms: Column;
  p95Ms: Column;
  p99Ms: Column;
  /** The same figures for each scenario, if there are several. */
  scenarios: Record<string, { requests: number[]; errors: number[]; meanMs: Column; p50Ms: Column; p95Ms: Column }>;
  flows: Record<string, { iterations: number[]; succeeded: number[]; meanMs: Column }>;
  /** Requests that opened a connection. After the ramp-up, they show that the target closes connections. */
  newConnections: number[];
  /** The same figures for each endpoint. */
  endpoints: Record<string, EndpointColumns>;
}

export interface EndpointColumns {
  requests: number[];
  errors: number[];
  newConnections: number[];
  meanMs: Column;
  p50Ms: Column;
  p95Ms: Column;
}

/** Samples of one probe. */
export interface Samples {
  /** From the start of the run; negative before the load. */
  atMs: number[];
  columns: Record<string, Column>;
}

/** Counts cover only the duration of the run; shares are fractions of 1. */
export interface PostgresqlDetails {
  version: string;
  maxConnections: number;
  /** Share of blocks found in PostgreSQL's own cache; null if no block was read. */
  cacheHitRate: number | null;
  commits: number;
  rollbacks: number;
  deadlocks: number;
  /** Sorted by total time, highest first; null without the extension pg_stat_statements. */
  queries: QueryFigures[] | null;
  indexes: IndexFigures[];
}

/** Names of the target's environment variables, without their values. */
export interface ConfigurationDetails {
  required: string[];
  missing: string[];
}

export interface QueryFigures {
  /** Text without values, from pg_stat_statements. Queries that the role may not see share one entry. */
  query: string;
  calls: number;
  meanMs: number;
  /**
   * Longest call during the run. Null if a call before the run took at least as long, because the maximum within the
   * run is then unknown.
   */
  maxMs: number | null;
  /** Share of the time of all queries. */
  share: number;
}

export interface IndexFigures {
  name: string;
  table: string;
  scans: number;
  /** Share of the index's blocks found in PostgreSQL's own cache; null if no block was read. */
  hitRate: number | null;
  sizeBytes: number;
}

export interface RedisDetails {
  version: string;
  maxMemoryBytes: number | null;
  evictionPolicy: string;
  hitRate: number | null;
  evictions: number;
  /**
   * Keys grouped by the part before the first colon, from a scan of a limited number of keys; null if no scan was
   * requested.
   */
  keys: {
    scanned: number;
    total: number;
    prefixes: { prefix: string; count: number; bytes: number }[];
  } | null;
}

export interface Generator {
  droppedIterations: number;
  vusMax: number;
  /** Number of VUs that the closed scenarios of the workload must reach; 0 without closed scenarios. */
  vusPlanned: number;
  /** Requests according to k6's own summary; null if k6 wrote none. */
  requestsByK6: number | null;
  /** True if there were more tag combinations than k6 can keep separate, so figures by tag are too low. */
  telemetryOverflowed: boolean;
  /** CPU of k6 as a share of all cores, and its memory; empty if they cannot be read. */
  samples: Samples;
}

/** Figures of one of several load generators. */
export interface GeneratorFigures extends Generator {
  name: string;
  outcome: RunOutcome;
  outcomeReason: string | null;
  /** Period covered by this generator's telemetry, relative to the start of the run; null if no telemetry arrived. */
  startMs: number | null;
  endMs: number | null;
  /** Duration of this generator's part of the test, by its own clock; null if it wrote no summary. */
  durationMs: number | null;
  requests: number;
  iterations: number;
  /** Number of windows that arrived after the merged window had closed. Their counts are in later windows. */
  lateWindows: number;
}

export type CriterionStatus = 'pass' | 'fail' | 'inconclusive' | 'no data';

export interface JudgedCriterion extends Omit<Criterion, 'measure'> {
  /** Kind of measurement; null in results of early versions, which do not record it. */
  kind: Measure['kind'] | null;
  /** The measured flow; absent for criteria that are not about a flow. */
  flow?: string;
  status: CriterionStatus;
  value: number | null;
  /** 95 % confidence interval. A null bound means that the interval is open on that side. */
  interval: NullableInterval | null;
  samples: number;
  /** Explanation of the value; null if it needs none. */
  note: string | null;
}

export type NullableInterval = { [Key in keyof Interval]: number | null };

export interface Diagnosis {
  cause: Cause;
  /** For display, such as `Database pool exhausted`. */
  title: string;
  /** From 0 to 1. */
  confidence: number;
  evidence: Finding[];
  recommendation: string;
  /** Other causes of the same symptoms, each with the evidence against it. */
  ruledOut: string[];
  /** IDs of the failed criteria that this cause explains without any other cause. */
  explains: string[];
  /** True if a known configuration change fixes the cause, and no data was lost and no process crashed. */
  fixable: boolean;
}

/** One observation with numbers, and its period in ms from the start of the run. */
export interface Finding {
  text: string;
  fromMs: number;
  toMs: number;
}

/** A period in which requests failed or were slow. */
export interface Disturbance {
  /** IDs of the violated criteria. */
  criteria: string[];
  /** From the start of the run. */
  fromMs: number;
  toMs: number;
  /** Affected endpoints; empty if all are affected. */
  where: string[];
  /** The figure that changed, before and during the period. */
  before: number | null;
  during: number | null;
  /** Events of the target at the same time. */
  alongside: string[];
}

/** One request and its response, as an example. */
export interface Exchange {
  endpoint: string;
  why: 'failed' | 'slow';
  method: string;
  url: string;
  status: number;
  expectedStatus: number;
  /** The path that the body lacks; null if it lacks none. */
  missing: string | null;
  body: string | null;
  timings: Record<string, number>;
  traceId: string | null;
  /** ISO 8601 in UTC. */
  at: string;
}

export type Decision = 'GO' | 'CONDITIONAL_GO' | 'NO_GO' | 'INCONCLUSIVE' | 'INVALID';

export interface Verdict {
  decision: Decision;
  reasons: string[];
}
