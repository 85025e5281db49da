/**
 * Evidence for tests of diagnosis rules: a healthy run of one minute, with overrides for what a test is about.
 */

import type { Criterion } from '../definition/index.ts';
import {
  type Cause,
  type Diagnosis,
  type EndpointFigures,
  type ErrorFigures,
  type Evidence,
  type FlowFigures,
  type JudgedCriterion,
  POSTGRESQL_COLUMNS,
  REDIS_COLUMNS,
  type Run,
  type Samples,
  TARGET_COLUMNS,
} from '../evidence/index.ts';
import { criterionFieldsOf, diagnose } from '../judging/index.ts';
import type { ErrorKind } from '../metrics/index.ts';
import { sum } from '../numbers/index.ts';
import {
  endpointFigures,
  evidenceOf,
  flowFigures,
  instants,
  judgedCriterion,
  repeat,
  samplesOf,
  stepFigures,
} from './evidence.ts';

const RUN_SECONDS = 60;
export const MB = 1024 ** 2;
const SECOND = 1000;
const VUS = 100;
const REQUESTS_PER_S = 50;

/** A figure for each second of the run. */
export type BySecond = (second: number) => number;
type Columns = Record<string, (second: number) => number | null>;

export interface HealthyRunChanges {
  /** Figures per window; each window is one second long. */
  vus?: BySecond;
  requests?: BySecond;
  meanMs?: BySecond;
  /** p50 of the window. Default: the mean */
  p50Ms?: BySecond;
  /** Defaults to 1.2 times the mean. */
  p95Ms?: BySecond;
  dropped?: BySecond;
  /** All errors of the run, each kind with its count per second. */
  errors?: { kind: ErrorKind; reason?: string; code?: string; endpoint?: string; each: BySecond }[];
  endpoints?: EndpointFigures[];
  flows?: FlowFigures[];
  flowWindows?: Evidence['windows']['flows'];
  /** Replaces columns of a healthy target. */
  target?: Columns;
  /** Seconds in which the target was not sampled. */
  silent?: (second: number) => boolean;
  /** Replaces columns of a healthy database; null if the database is not monitored. */
  postgresql?: Columns | null;
  databaseSilent?: (second: number) => boolean;
  redis?: Columns;
  pm2?: Columns;
  generatorCpu?: BySecond;
  vusMax?: number;
  workload?: Partial<Run['workload']>;
  run?: Partial<Run>;
}

export const ITEMS_ENDPOINT = 'GET /items/:id';
export const ORDERS_ENDPOINT = 'POST /orders';

/** Whether a second lies in the range from `from` until before `to`. */
export const secondsBetween = (from: number, to: number) => (second: number) => from <= second && second < to;

const HEALTHY_TARGET: Columns = {
  // The heap fills and is collected.
  [TARGET_COLUMNS.heapUsedBytes]: (s) => (30 + 3 * (Math.floor(s) % 4)) * MB,
  [TARGET_COLUMNS.externalBytes]: () => 11 * MB,
  [TARGET_COLUMNS.residentBytes]: () => 140 * MB,
  [TARGET_COLUMNS.cpuSeconds]: (s) => 1 + 0.1 * s,
  [TARGET_COLUMNS.eventLoopLagP99Seconds]: () => 0.011,
  [TARGET_COLUMNS.connectionsMax]: () => 20,
  [TARGET_COLUMNS.connectionsActive]: (s) => (secondsBetween(0, RUN_SECONDS)(s) ? 4 + (Math.floor(s) % 3) : 0),
  [TARGET_COLUMNS.connectionsIdle]: (s) => 20 - (secondsBetween(0, RUN_SECONDS)(s) ? 4 + (Math.floor(s) % 3) : 0),
  [TARGET_COLUMNS.connectionsWaiting]: () => 0,
  [TARGET_COLUMNS.connectionTimeouts]: () => 0,
  [TARGET_COLUMNS.cacheHits]: (s) => 40 * Math.max(0, s),
  [TARGET_COLUMNS.cacheMisses]: (s) => Math.min(50, 10 * Math.max(0, s)),
  [TARGET_COLUMNS.cacheEvictions]: () => 0,
  [TARGET_COLUMNS.jobsQueued]: () => 0,
  [TARGET_COLUMNS.jobsRunning]: () => 0,
  [TARGET_COLUMNS.restarts]: () => 0,
  [TARGET_COLUMNS.circuitBreakerState]: () => 0,
};

const HEALTHY_DATABASE: Columns = {
  [POSTGRESQL_COLUMNS.connections]: () => 26,
  [POSTGRESQL_COLUMNS.maxConnections]: () => 120,
  [POSTGRESQL_COLUMNS.waitingForLock]: () => 0,
  [POSTGRESQL_COLUMNS.deadlocks]: () => 0,
};

const HEALTHY_REDIS: Columns = {
  [REDIS_COLUMNS.hits]: () => 0,
  [REDIS_COLUMNS.misses]: () => 0,
  [REDIS_COLUMNS.evictions]: () => 0,
  [REDIS_COLUMNS.usedBytes]: () => 10 * MB,
  [REDIS_COLUMNS.maxBytes]: () => 100 * MB,
};

/** In the middle of each second, once before the load and twice after it. */
const PROBE_TIMES_MS = instants(-SECOND / 2, (RUN_SECONDS + 2) * SECOND, SECOND);

function probe(columns: Columns, isSilent: (second: number) => boolean = () => false): Samples {
  const seconds = PROBE_TIMES_MS.map((atMs) => atMs / SECOND).filter((second) => !isSilent(second));
  return samplesOf(
    seconds.map((second) => second * SECOND),
    Object.fromEntries(Object.entries(columns).map(([name, valueAt]) => [name, (atMs) => valueAt(atMs / SECOND)])),
  );
}

export function healthyRunWith(parts: HealthyRunChanges = {}): Evidence {
  const seconds = Array.from({ length: RUN_SECONDS }, (_, second) => second);
  const requests = seconds.map(parts.requests ?? (() => REQUESTS_PER_S));
  const meanMs = seconds.map(parts.meanMs ?? (() => 100));
  const errors = parts.errors ?? [];
  const byKind = Object.fromEntries(errors.map(({ kind, each }) => [kind, seconds.map(each)]));
  const perWindow = seconds.map((_, i) => errors.reduce((sum, { each }) => sum + each(i), 0));
  const all = sum(requests);
  const base = evidenceOf();
  return evidenceOf({
    run: {
      durationMs: RUN_SECONDS * SECOND,
      workload: { ...base.run.workload, peakVUs: VUS, ...parts.workload },
      ...parts.run,
    },
    totals: {
      requests: all,
      errors: sum(perWindow),
      errorRate: sum(perWindow) / all,
      throughputPerS: all / RUN_SECONDS,
      iterations: all,
    },
    endpoints: parts.endpoints ?? [
      endpointFigures(ITEMS_ENDPOINT, { values: repeat(Math.round(all * 0.8), 100) }),
      endpointFigures(ORDERS_ENDPOINT, { values: repeat(Math.round(all * 0.2), 100) }),
    ],
    flows: parts.flows ?? [],
    errors: errors.map(({ kind, reason = kind, code = '500', endpoint = ITEMS_ENDPOINT, each }): ErrorFigures => {
      const count = sum(seconds.map(each));
      return { kind, code, reason, endpoint, count, share: count / sum(perWindow) };
    }),
    windows: {
      startMs: seconds.map((second) => second * SECOND),
      durationMs: repeat(RUN_SECONDS, SECOND),
      vus: seconds.map(parts.vus ?? (() => VUS)),
      requests,
      errors: perWindow,
      errorsByKind: byKind,
      iterations: requests,
      droppedIterations: seconds.map(parts.dropped ?? (() => 0)),
      meanMs,
      p50Ms: parts.p50Ms ? seconds.map(parts.p50Ms) : meanMs,
      p95Ms: parts.p95Ms ? seconds.map(parts.p95Ms) : meanMs.map((mean) => 1.2 * mean),
      p99Ms: meanMs.map((mean) => 1.5 * mean),
      flows: parts.flowWindows ?? {},
    },
    resources: {
      target: probe({ ...HEALTHY_TARGET, ...parts.target }, parts.silent),
      ...(parts.postgresql === null
        ? {}
        : { postgresql: probe({ ...HEALTHY_DATABASE, ...parts.postgresql }, parts.databaseSilent) }),
      ...(parts.redis ? { redis: probe({ ...HEALTHY_REDIS, ...parts.redis }) } : {}),
      ...(parts.pm2 ? { pm2: probe(parts.pm2) } : {}),
    },
    generator: {
      droppedIterations: sum(seconds.map(parts.dropped ?? (() => 0))),
      vusMax: parts.vusMax ?? VUS,
      vusPlanned: VUS,
      requestsByK6: all,
      samples: probe({ cpuShare: parts.generatorCpu ?? (() => 0.1) }),
    },
  });
}

/** A flow of 400 iterations; each step has its duration in ms and its number of failures by reason. */
export function flowWithSteps(
  name: string,
  steps: Record<string, { ms: number; failed?: Record<string, number> }>,
): FlowFigures {
  const failures = Object.entries(steps).flatMap(([step, { failed = {} }]) =>
    Object.entries(failed).map(([detail, count]) => ({ reason: `${step}: ${detail}`, count })),
  );
  const failureCount = sum(failures.map(({ count }) => count));
  const iterations = 400;
  let left = iterations;
  const figures = Object.entries(steps).map(([step, { ms, failed = {} }]) => {
    const attempts = left;
    left -= sum(Object.values(failed));
    return stepFigures(step, { values: repeat(attempts, ms), succeeded: left });
  });
  const total = sum(Object.values(steps).map(({ ms }) => ms));
  return {
    ...flowFigures(name, { values: repeat(iterations, total), succeeded: iterations - failureCount }),
    steps: figures,
    failures: failures.map((failure) => ({ ...failure, share: failure.count / failureCount })),
  };
}

/** A run with a flow of three fast steps, which a test can replace. */
export const orderFlowRun = (steps: Parameters<typeof flowWithSteps>[1], parts: HealthyRunChanges = {}): Evidence =>
  healthyRunWith({
    flows: [flowWithSteps('order', { 'take-order': { ms: 20 }, pay: { ms: 480 }, confirm: { ms: 300 }, ...steps })],
    ...parts,
  });

export const failedCriterion = (criterion: Criterion): JudgedCriterion =>
  judgedCriterion({ ...criterionFieldsOf(criterion), status: 'fail' });

/** The diagnosed causes, the most likely first. */
export const diagnosedCauses = (evidence: Evidence, criteria: readonly JudgedCriterion[] = []): Cause[] =>
  diagnose(evidence, criteria).map(({ cause }) => cause);

/** The diagnosis of one cause. @throws Error if the cause is not diagnosed */
export function diagnosisWithCause(
  cause: Cause,
  evidence: Evidence,
  criteria: readonly JudgedCriterion[] = [],
): Diagnosis {
  const diagnoses = diagnose(evidence, criteria);
  const found = diagnoses.find((diagnosis) => diagnosis.cause === cause);
  if (!found) throw new Error(`${cause} is not among the diagnoses: ${JSON.stringify(diagnoses)}`);
  return found;
}

/** The ids of the criteria that a cause explains, and whether it is fixable. */
export function explainsAndFixable(...[cause, evidence, criteria]: Parameters<typeof diagnosisWithCause>) {
  const { explains, fixable } = diagnosisWithCause(cause, evidence, criteria);
  return { explains, fixable };
}

/** Evidence and the expected causes, the most likely first. */
type DiagnosisCase = [situation: string, evidence: Evidence, causes: Cause[], criteria?: JudgedCriterion[]];

/** The `test` function of node:test. */
type Test = (name: string, check: () => void) => unknown;

export function testDiagnoses(test: Test, cases: readonly DiagnosisCase[]): void {
  for (const [situation, evidence, causes, criteria] of cases)
    test(`diagnosis of a run (${situation}): ${causes.join(', ') || 'no cause'}`, () => {
      const diagnosed = diagnosedCauses(evidence, criteria);
      if (diagnosed.join() !== causes.join())
        throw new Error(
          `expected ${causes.join(', ') || 'no cause'}, got ${JSON.stringify(diagnose(evidence, criteria ?? []), null, 1)}`,
        );
    });
}

type Situations = Record<string, HealthyRunChanges | Evidence>;

/** Tests that a cause is the only one diagnosed in the `found` situations, and that none is in the `absent` ones. */
export function testDiagnosisRule(
  test: Test,
  cause: Cause,
  { found, absent }: Record<'found' | 'absent', Situations>,
): void {
  const cases = (situations: Situations, causes: Cause[]) =>
    Object.entries(situations).map(
      ([situation, parts]): DiagnosisCase => [situation, 'totals' in parts ? parts : healthyRunWith(parts), causes],
    );
  testDiagnoses(test, [...cases(found, [cause]), ...cases(absent, [])]);
}
