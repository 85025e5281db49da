import type { Assessment, Criterion, Measure, Phase, Scale, TargetEnvironment } from '../definition/index.ts';
import type { ErrorKind, TrendStats } from '../metrics/index.ts';
import type { Histogram, Interval } from '../numbers/index.ts';
import type { ChecklistFinding, Readiness } from './assessments.ts';
import type { Cause } from './causes.ts';
import type { Ladder } from './ladder.ts';
import type { ProbeName } from './probe-columns.ts';

export const RESULT_VERSION = 1;

/** The document of one run; result.schema.json is its published form. Times in ms, rates as fractions. */
export interface Result extends Evidence {
  schemaVersion: typeof RESULT_VERSION;
  criteria: JudgedCriterion[];
  diagnosis: Diagnosis[];
  verdict: Verdict;
  /** Absent where the test does not ask for it. */
  readiness?: Readiness;
  /** What the run has shown of each category; absent where the test does not ask for it. */
  checklist?: ChecklistFinding[];
  /** Absent where the workload is not a ladder, or no rung was measured. */
  ladder?: Ladder;
}

/** Whether a result has all the assessments that its test asks for. */
export const isAssessed = ({ run, readiness, checklist, ladder }: Result): boolean =>
  (readiness !== undefined || !run.assess?.includes('readiness')) &&
  (checklist !== undefined || !run.assess?.includes('checklist')) &&
  (ladder !== undefined || run.workload.kind !== 'ladder');

/** Everything that was measured: all that judging and diagnosing may look at. */
export interface Evidence {
  run: Run;
  fingerprint: Fingerprint;
  totals: Totals;
  endpoints: EndpointFigures[];
  flows: FlowFigures[];
  phases: PhaseFigures[];
  errors: ErrorFigures[];
  /** Requests by HTTP status; 0 is no answer. */
  statuses: Record<string, number>;
  contracts: { share: number; checked: number; broken: number };
  /** How simultaneous each burst was; empty where the workload has none. */
  bursts: BurstFigures[];
  windows: Windows;
  /** By probe: samples of the target and of what it depends on. */
  resources: Partial<Record<ProbeName, Samples>>;
  /** What a database or a cache says of itself once, at the end of the run; null where it was not asked. */
  details: {
    postgresql: PostgresqlDetails | null;
    redis: RedisDetails | null;
    /** Absent where the target offers no way to ask. */
    configuration?: ConfigurationDetails | null;
  };
  /** Of all generators together, where there are several. */
  generator: Generator;
  /** Each of several; absent where there is one. */
  generators?: GeneratorFigures[];
  /** Null where the tests of a product create nothing, or nothing is known of how to remove it. */
  cleanup: CleanUpFigures | null;
  /** Records by kind, acknowledged and found; absent where nobody has counted them. */
  ledger?: LedgerFigures | null;
}

export type RunOutcome = 'completed' | 'aborted' | 'crashed' | 'interrupted';

export interface Run {
  id: string;
  product: string;
  test: string;
  description: string;
  environment: TargetEnvironment;
  target: string;
  /** Environment variables that made the reference service another than it is by default; absent of any other target. */
  targetSettings?: Record<string, string>;
  labels: Record<string, string>;
  workload: { kind: string; model: 'open' | 'closed'; peakVUs: number; durationMs: number; phases: Phase[] };
  scale: Scale;
  /** Shorter or lighter than the test as written: never comparable with a full run. */
  scaled: boolean;
  seed: number;
  startedAt: string;
  endedAt: string;
  durationMs: number;
  outcome: RunOutcome;
  /** Why it did not complete, as told to a person. */
  outcomeReason: string | null;
  /** Figures are from the windows that had closed, and not from k6's own summary. */
  partial: boolean;
  /** Facts about the run that its reader should know. */
  notes: string[];
  /** What its test asks to be assessed beside its criteria. */
  assess?: Assessment[];
  versions: { suite: string; k6: string | null; node: string };
  gitCommit: string | null;
  host: { platform: string; cores: number; memoryBytes: number };
}

/** What makes two runs comparable: the parts, so that a refusal can say which differs, and their hash. */
export interface Fingerprint {
  hash: string;
  parts: { test: string; workload: string; data: string; scale: string; k6: string };
}

/** Statistics of a duration, and where they were taken from its telemetry, the histogram. */
export interface Trend extends TrendStats {
  histogram: Histogram | null;
}

/** Answers that are no errors and yet not what a user hopes for. */
export interface RefusedAndDegraded {
  /** By status: refused by design. */
  refusals: Record<string, number>;
  /** Right answers that said of themselves to be degraded. */
  degraded: number;
}

export interface Totals extends RefusedAndDegraded {
  requests: number;
  errors: number;
  errorRate: number;
  throughputPerS: number;
  durationMs: Trend;
  iterations: number;
  receivedBytes: number;
  sentBytes: number;
}

export interface EndpointFigures extends RefusedAndDegraded {
  name: string;
  requests: number;
  errors: number;
  errorRate: number;
  /** Requests by HTTP status; 0 is no answer. */
  statuses: Record<string, number>;
  durationMs: Trend;
}

export interface PhaseFigures extends EndpointFigures {
  startMs: number;
  endMs: number;
  throughputPerS: number;
  endpoints: EndpointFigures[];
}

export interface BurstFigures {
  phase: string;
  /** VUs that were to begin at the same instant, and those that did. */
  vus: number;
  began: number;
  /** From the first to the last of them; null where none began. */
  spreadMs: number | null;
}

/** Records by kind. What a run has created follows from the answers that it got. */
export interface CleanUpFigures {
  created: Record<string, number>;
  /** Null as long as nobody has removed them. */
  removed: Record<string, number> | null;
  /** Why they are still there, or why there is no need to remove them. */
  note: string | null;
}

export type LedgerFigures = Record<string, LedgerEntry>;

/** Records of one kind, as the run was told of them and as they were found after it. */
export interface LedgerEntry {
  /** Right answers. */
  acknowledged: number;
  complete: number;
  /** Half-written: something that belongs to them is not there. */
  incomplete: number;
  /** There once more. */
  duplicates: number;
  /** Acknowledged and not there. */
  lost: number;
  /** Which create them. */
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
  /** False where the target offers no way to see it. */
  observable: boolean;
  attempts: number;
  succeeded: number;
  successRate: number;
  durationMs: Trend;
}

export interface ErrorFigures {
  kind: ErrorKind;
  /** HTTP status, or k6's error code where there was no answer. */
  code: string;
  /** What the target said of itself, or the kind. */
  reason: string;
  endpoint: string;
  count: number;
  /** Of all errors. */
  share: number;
}

type Column = (number | null)[];

/** The run over time, a column a figure; a null is a window in which there was nothing to measure. */
export interface Windows {
  /** From the start of the run. */
  startMs: number[];
  durationMs: number[];
  vus: Column;
  requests: number[];
  errors: number[];
  /** Of the errors, those of each kind that there was. */
  errorsByKind: Partial<Record<ErrorKind, number[]>>;
  iterations: number[];
  droppedIterations: number[];
  meanMs: Column;
  p50Ms: Column;
  p95Ms: Column;
  p99Ms: Column;
  /** The same for each scenario, where there are several. */
  scenarios: Record<
    string,
    { requests: number[]; errors: number[]; meanMs: Column; p50Ms: Column; p95Ms: Column }
  >;
  flows: Record<string, { iterations: number[]; succeeded: number[]; meanMs: Column }>;
}

/** Samples of one probe. */
export interface Samples {
  /** From the start of the run; negative before the load. */
  atMs: number[];
  columns: Record<string, Column>;
}

/** Counts are of the time of the run alone, shares are fractions. */
export interface PostgresqlDetails {
  version: string;
  maxConnections: number;
  /** Blocks found in PostgreSQL's own cache; null where none was asked for. */
  cacheHitRate: number | null;
  commits: number;
  rollbacks: number;
  deadlocks: number;
  /** By the time they took together; null without the extension pg_stat_statements. */
  queries: QueryFigures[] | null;
  indexes: IndexFigures[];
}

/** Environment variables of the target, by name alone. */
export interface ConfigurationDetails {
  required: string[];
  missing: string[];
}

export interface QueryFigures {
  /** Without its values, as pg_stat_statements keeps it; of all that the role may not see, one entry. */
  query: string;
  calls: number;
  meanMs: number;
  /** Null where a call before the run took as long: the longest of the run is not known then. */
  maxMs: number | null;
  /** Of the time of all queries. */
  share: number;
}

export interface IndexFigures {
  name: string;
  table: string;
  scans: number;
  /** Blocks of it found in PostgreSQL's own cache; null where none was asked for. */
  hitRate: number | null;
  sizeBytes: number;
}

export interface RedisDetails {
  version: string;
  maxMemoryBytes: number | null;
  evictionPolicy: string;
  hitRate: number | null;
  evictions: number;
  /** By the part of a key before its first colon, from a bounded scan; null where none was asked for. */
  keys: {
    scanned: number;
    total: number;
    prefixes: { prefix: string; count: number; bytes: number }[];
  } | null;
}

export interface Generator {
  droppedIterations: number;
  vusMax: number;
  /** What the closed part of the workload has to reach; 0 where it has none. */
  vusPlanned: number;
  /** What k6's own summary counted; null where it was never written. */
  requestsByK6: number | null;
  /** More sets of tags than k6 keeps apart: figures by tag are too low. */
  telemetryOverflowed: boolean;
  /** CPU of k6 as a share of the machine's cores, and its memory; empty where they cannot be read. */
  samples: Samples;
}

/** The part of one of several generators in a run. */
export interface GeneratorFigures extends Generator {
  name: string;
  outcome: RunOutcome;
  outcomeReason: string | null;
  /** What its telemetry tells of, from the start of the run; null where none came. */
  startMs: number | null;
  endMs: number | null;
  /** How long its part of the test took by its own clock; null where it wrote no summary. */
  durationMs: number | null;
  requests: number;
  iterations: number;
  /** Windows that the others had closed before its telemetry came: they are counted in later ones. */
  lateWindows: number;
}

export type CriterionStatus = 'pass' | 'fail' | 'inconclusive' | 'no data';

export interface JudgedCriterion extends Omit<Criterion, 'measure'> {
  /** What was measured; null in early results, which do not tell it. */
  kind: Measure['kind'] | null;
  /** That it was measured of; absent for all that is not about a flow. */
  flow?: string;
  status: CriterionStatus;
  value: number | null;
  /** 95 %; a bound of null is open. */
  interval: NullableInterval | null;
  samples: number;
  /** How the value came about, where that is not obvious. */
  note: string | null;
}

export type NullableInterval = { [Key in keyof Interval]: number | null };

export interface Diagnosis {
  cause: Cause;
  /** As told to a person: `Database pool exhausted`. */
  title: string;
  /** From 0 to 1. */
  confidence: number;
  evidence: Finding[];
  recommendation: string;
  /** Other causes of the same symptoms, and what speaks against each. */
  ruledOut: string[];
  /** Ids of the failed criteria that this cause alone accounts for. */
  explains: string[];
  /** A known change of configuration mends it, and nothing was lost or crashed by it. */
  fixable: boolean;
}

/** One observation in numbers, and the stretch of the run that it was made in: ms from the start. */
export interface Finding {
  text: string;
  fromMs: number;
  toMs: number;
}

export type Decision = 'GO' | 'CONDITIONAL_GO' | 'NO_GO' | 'INCONCLUSIVE' | 'INVALID';

export interface Verdict {
  decision: Decision;
  reasons: string[];
}
