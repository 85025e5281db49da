/**
 * Builders for unit tests: minimal valid objects, with overrides for the parts that a test is about.
 */

import {
  breakerOpensWithin,
  breakingPointAbove,
  type Criterion,
  contractsHold,
  degradedShareBelow,
  driftBelow,
  during,
  errorRateBelow,
  flowMeanBelow,
  flowPercentileBelow,
  flowSuccessAbove,
  forEndpoint,
  forStep,
  consecutivePhases as inARow,
  inEveryWindow,
  type MeasureKind,
  meanBelow,
  memoryGrowthBelow,
  memorySlopeBelow,
  noConnectionLeak,
  noFailedCheck,
  noRestarts,
  noTimeouts,
  nothingLost,
  type Phase,
  PLAN_VERSION,
  percentileBelow,
  recoversWithin,
  refusalShareBelow,
  requestsAbove,
  startSpreadBelow,
  type TestPlan,
  throughputAbove,
} from '../definition/index.ts';
import {
  type CriterionStatus,
  type Diagnosis,
  type EndpointFigures,
  type Evidence,
  type FlowFigures,
  type JudgedCriterion,
  type PhaseFigures,
  RESPONSE_TIME,
  RESULT_VERSION,
  type Result,
  type Samples,
  type StepFigures,
  type Trend,
  type Windows,
} from '../evidence/index.ts';
import { criterionFieldsOf, judgeCriterion } from '../judging/index.ts';
import { METRICS, PERCENTILES, type TrendStats } from '../metrics/index.ts';
import { histogramOf, share } from '../numbers/index.ts';
import {
  type MetricSeries,
  SUMMARY_VERSION,
  type Summary,
  type Tags,
  trendOfHistogram,
  type Window,
} from '../telemetry/index.ts';

const SECOND = 1000;
const STARTED_AT = '2025-01-18T14:30:00.000Z';
/** Start of all runs built here, in ms since the epoch. */
export const RUN_START_MS = Date.parse(STARTED_AT);

export const repeat = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** Creates values that alternate between `mean + deviation` and `mean - deviation`. */
export const alternating = (count: number, mean: number, deviation: number): number[] =>
  Array.from({ length: count }, (_, i) => mean + (i % 2 === 0 ? deviation : -deviation));

/** Consecutive phases with the given names and lengths. */
export const phasesWithLengths = (lengthsMs: Record<string, number>): Phase[] =>
  inARow(Object.entries(lengthsMs).map(([name, ms]) => ({ name, ms })));

export const trendOf = (values: readonly number[]): Trend => trendOfHistogram(histogramOf(values));

/** The statistics of `count` equal values. */
export const constantStats = (count: number, value: number): TrendStats => ({
  count,
  min: value,
  mean: value,
  ...(Object.fromEntries(Object.keys(PERCENTILES).map((name) => [name, value])) as Record<
    keyof typeof PERCENTILES,
    number
  >),
  max: value,
});

export function testPlan(parts: Partial<TestPlan> = {}): TestPlan {
  return {
    version: PLAN_VERSION,
    product: 'shop',
    test: 'peak',
    description: 'many concurrent users',
    workload: {
      kind: 'constant-vus',
      model: 'closed',
      peakVUs: 10,
      durationMs: 60 * SECOND,
      phases: phasesWithLengths({ hold: 60 * SECOND }),
      scenarios: { load: { executor: 'constant-vus', exec: 'run', vus: 10, duration: '1m' } },
    },
    scale: { time: 1, vus: 1 },
    endpoints: [{ name: 'GET /items/:id', expectedStatus: 200 }],
    flows: [],
    criteria: [],
    variables: [],
    target: { healthPath: '/health', metricsPath: '/metrics', probes: [] },
    seed: 1,
    contractShare: 0.01,
    ...parts,
  };
}

/** Overrides for fields of each section; arrays are replaced as a whole. */
type Parts<T> = { [Key in keyof T]?: T[Key] extends readonly unknown[] ? T[Key] : Partial<T[Key]> };

/** A completed run of one minute with 1,000 requests of 100 ms and no errors. */
export function evidenceOf(parts: Parts<Evidence> = {}): Evidence {
  const requests = 1000;
  const phases = phasesWithLengths({ hold: 60 * SECOND });
  return {
    run: {
      id: '20250118T143000Z-3f9a2c',
      product: 'shop',
      test: 'peak',
      description: 'many concurrent users',
      environment: 'local',
      target: 'http://127.0.0.1:4010',
      labels: {},
      workload: { kind: 'constant-vus', model: 'closed', peakVUs: 10, durationMs: 60 * SECOND, phases },
      scale: { time: 1, vus: 1 },
      scaled: false,
      seed: 1,
      startedAt: STARTED_AT,
      endedAt: '2025-01-18T14:31:00.000Z',
      durationMs: 60 * SECOND,
      outcome: 'completed',
      outcomeReason: null,
      partial: false,
      notes: [],
      versions: { suite: '1.0.0', k6: '2.2.0', node: '24.0.0' },
      commits: { suite: null, tests: null, service: null },
      host: { platform: 'linux', cores: 2, memoryBytes: 2 ** 32 },
      ...parts.run,
    },
    fingerprint: {
      hash: '0123456789abcdef',
      parts: {
        test: 'shop/peak',
        workload: 'w',
        data: 'seed 1',
        scale: 'time 1, VUs 1',
        k6: 'k6 2',
        responseTime: RESPONSE_TIME.whole,
      },
      ...parts.fingerprint,
    },
    totals: {
      requests,
      errors: 0,
      unanswered: 0,
      errorRate: 0,
      redirectHops: 0,
      throughputPerS: requests / 60,
      responseTimeMs: trendOf(repeat(requests, 100)),
      durationMs: trendOf(repeat(requests, 100)),
      refusals: {},
      degraded: 0,
      iterations: requests,
      receivedBytes: 1e6,
      sentBytes: 1e5,
      ...parts.totals,
    },
    endpoints: parts.endpoints ?? [],
    flows: parts.flows ?? [],
    phases: parts.phases ?? [phaseFigures(phases[0] as Phase, { values: repeat(requests, 100) })],
    errors: parts.errors ?? [],
    statuses: parts.statuses ? definedOf(parts.statuses) : { 200: requests },
    contracts: { share: 0.01, checked: 0, broken: 0, ...parts.contracts },
    bursts: parts.bursts ?? [],
    windows: {
      startMs: [],
      durationMs: [],
      vus: [],
      requests: [],
      errors: [],
      errorsByKind: {},
      iterations: [],
      droppedIterations: [],
      meanMs: [],
      p50Ms: [],
      p95Ms: [],
      p99Ms: [],
      scenarios: {},
      flows: {},
      newConnections: [],
      endpoints: {},
      ...parts.windows,
    },
    resources: parts.resources ? definedOf(parts.resources) : {},
    details: { postgresql: null, redis: null, ...parts.details },
    generator: {
      droppedIterations: 0,
      vusMax: 10,
      vusPlanned: 10,
      requestsByK6: parts.totals?.requests ?? requests,
      telemetryOverflowed: false,
      samples: { atMs: [], columns: {} },
      ...parts.generator,
    },
    ...(parts.generators && { generators: parts.generators as Evidence['generators'] }),
    cleanup: (parts.cleanup as Evidence['cleanup']) ?? null,
    ...(parts.ledger && { ledger: parts.ledger as Evidence['ledger'] }),
  };
}

const definedOf = <T>(record: Partial<Record<string, T>>): Record<string, T> => record as Record<string, T>;

/** A run without any measurements. */
export function emptyEvidence(): Evidence {
  const zeros = { requests: 0, errors: 0, errorRate: 0, throughputPerS: 0, iterations: 0 };
  return evidenceOf({
    totals: { ...zeros, responseTimeMs: trendOf([]), durationMs: trendOf([]), receivedBytes: 0, sentBytes: 0 },
    phases: [],
    statuses: {},
  });
}

export function phaseFigures(
  { offered: _, ...phase }: Phase,
  { values, errors = 0, endpoints = [] }: { values: readonly number[]; errors?: number; endpoints?: EndpointFigures[] },
): PhaseFigures {
  return {
    ...endpointFigures(phase.name, { values, errors }),
    ...phase,
    throughputPerS: values.length / ((phase.endMs - phase.startMs) / SECOND),
    endpoints,
  };
}

export function flowFigures(
  name: string,
  { values, succeeded = values.length }: { values: readonly number[]; succeeded?: number },
): FlowFigures {
  const iterations = values.length;
  return {
    name,
    iterations,
    succeeded,
    successRate: share(succeeded, iterations),
    durationMs: trendOf(values),
    steps: [],
    failures: [],
  };
}

/** Requests by status: 500 for errors, and 200 for all others. */
const statusesOf = (requests: number, errors: number): Record<string, number> => ({
  ...(requests > errors && { 200: requests - errors }),
  ...(errors > 0 && { 500: errors }),
});

export function endpointFigures(
  name: string,
  { values, errors = 0 }: { values: readonly number[]; errors?: number },
): EndpointFigures {
  const requests = values.length;
  return {
    name,
    requests,
    errors,
    unanswered: 0,
    errorRate: share(errors, requests),
    redirectHops: 0,
    refusals: {},
    degraded: 0,
    statuses: statusesOf(requests, errors),
    responseTimeMs: trendOf(values),
    durationMs: trendOf(values),
  };
}

export function stepFigures(
  name: string,
  { values, succeeded = values.length }: { values: readonly number[]; succeeded?: number },
): StepFigures {
  const attempts = values.length;
  return {
    name,
    observable: attempts > 0,
    attempts,
    succeeded,
    successRate: share(succeeded, attempts),
    durationMs: trendOf(values),
  };
}

/** Consecutive windows of equal length from the start of the run, with some of their columns. */
export function evenWindows(
  count: number,
  lengthMs: number,
  columns: Partial<Omit<Windows, 'startMs' | 'durationMs'>>,
): Partial<Windows> {
  return {
    startMs: instants(0, count * lengthMs, lengthMs),
    durationMs: repeat(count, lengthMs),
    ...columns,
  };
}

/** Samples of a probe at the given times; each column is a function of time. */
export function samplesOf(atMs: readonly number[], columns: Record<string, (atMs: number) => number | null>): Samples {
  return {
    atMs: [...atMs],
    columns: Object.fromEntries(Object.entries(columns).map(([name, valueAt]) => [name, atMs.map(valueAt)])),
  };
}

/** Times at equal distances, from `fromMs` until before `toMs`. */
export const instants = (fromMs: number, toMs: number, everyMs: number): number[] =>
  Array.from({ length: Math.ceil((toMs - fromMs) / everyMs) }, (_, i) => fromMs + i * everyMs);

export function criterion(parts: Partial<Criterion> = {}): Criterion {
  return {
    id: 'p95',
    title: 'p95 response time',
    measure: { kind: 'request-percentile', q: 0.95 },
    comparison: 'below',
    limit: 400,
    unit: 'ms',
    severity: 'critical',
    minSamples: 1,
    ...parts,
  };
}

export function judgedCriterion(parts: Partial<JudgedCriterion> = {}): JudgedCriterion {
  return {
    ...criterionFieldsOf(criterion()),
    status: 'pass',
    value: 100,
    interval: null,
    samples: 1000,
    note: null,
    ...parts,
  };
}

/** A diagnosis with high confidence that is not fixable and explains no criterion. */
export function diagnosis(parts: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause: 'database-pool-exhausted',
    title: 'Database pool exhausted',
    confidence: 0.97,
    evidence: [{ text: 'all 5 connections were in use', fromMs: 0, toMs: 60 * SECOND }],
    recommendation: 'Fix it.',
    ruledOut: [],
    explains: [],
    fixable: false,
    ...parts,
  };
}

/** Evidence, the expected status, and the expected value: null for no value, absent if only the status matters. */
type JudgmentCase = [situation: string, evidence: Evidence, status: CriterionStatus, value?: number | null];

/**
 * Defines one test per case of a criterion.
 * @param test the `test` function of node:test
 */
export function testJudgments(
  test: (name: string, check: () => void) => unknown,
  criterion: Criterion,
  cases: readonly JudgmentCase[],
): void {
  for (const [situation, evidence, status, value] of cases) {
    test(`criterion "${criterion.title}" has the status "${status}": ${situation}`, () => {
      const judged = judgeCriterion(evidence, criterion);
      const hasExpectedValue = value === undefined ? Number.isFinite(judged.value) : judged.value === value;
      if (judged.status !== status || !hasExpectedValue)
        throw new Error(`expected ${status} with the value ${value}, got ${JSON.stringify(judged)}`);
    });
  }
}

/** A criterion of every kind, defined the way a test does it. */
export const CRITERION_OF_EACH_KIND: Record<MeasureKind, () => Criterion> = {
  'request-percentile': () => forEndpoint('GET /items/:id', percentileBelow(0.95, '400ms')),
  'request-mean': () => meanBelow('200ms'),
  'error-rate': () => during(['hold'], errorRateBelow(0.01)),
  'request-count': () => requestsAbove(100_000),
  throughput: () => during(['hold'], throughputAbove(200)),
  'error-count': () => noTimeouts(),
  'refusal-share': () => forEndpoint('POST /orders', refusalShareBelow(429, 0.1)),
  'degraded-share': () => degradedShareBelow(0.2),
  'failed-checks': () => noFailedCheck(),
  'contract-violations': () => contractsHold(6),
  'flow-success-rate': () => flowSuccessAbove('order', 0.95),
  'flow-mean': () => flowMeanBelow('order', '5s'),
  'flow-percentile': () => forStep('pay', flowPercentileBelow('order', 0.95, '1s')),
  'window-share': () => inEveryWindow(percentileBelow(0.95, '400ms'), { share: 0.95 }),
  'breaking-point': () => breakingPointAbove(200, ['ramp-up'], [percentileBelow(0.95, '400ms'), errorRateBelow(0.01)]),
  'recovery-time': () =>
    recoversWithin('30s', {
      scenario: 'probe',
      referencePhase: 'before',
      recoveryPhase: 'recovery',
      tolerance: 0.2,
    }),
  'duration-drift': () => driftBelow(0.1, 'hold'),
  'memory-growth': () => memoryGrowthBelow(100, 'hold'),
  'memory-slope': () => memorySlopeBelow(50, 'hold'),
  'unreturned-connections': () => noConnectionLeak(),
  'start-spread': () => startSpreadBelow('50ms'),
  'damaged-records': () => nothingLost(),
  'breaker-time': () => breakerOpensWithin('20s', 'outage'),
  restarts: () => noRestarts(),
};

export function resultOf(
  parts: Parts<Evidence> & Partial<Pick<Result, 'criteria' | 'diagnosis' | 'verdict'>> = {},
): Result {
  const { criteria, diagnosis, verdict, ...evidence } = parts;
  return {
    schemaVersion: RESULT_VERSION,
    ...evidenceOf(evidence),
    criteria: criteria ?? [judgedCriterion()],
    diagnosis: diagnosis ?? [],
    disturbances: [],
    exchanges: [],
    verdict: verdict ?? { decision: 'GO', reasons: ['the only criterion passes'] },
  };
}

/** A series with the increase of a counter or rate within a window, or with the value of a gauge. */
export const counterSeries = (metric: string, value: number, tags: Tags = {}): MetricSeries => ({
  metric,
  tags,
  value,
});

/** A series with the durations of a trend within a window. */
export const trendSeries = (metric: string, values: readonly number[], tags: Tags = {}): MetricSeries => ({
  metric,
  tags,
  histogram: histogramOf(values),
});

/** The series that k6 sends for requests to one endpoint, of which `failed` are errors. */
export function requestSeries(
  name: string,
  values: readonly number[],
  { failed = 0, tags = {} }: { failed?: number; tags?: Tags } = {},
): MetricSeries[] {
  const succeeded = values.length - failed;
  const unexpected = { kind: 'server-error', code: '500', reason: 'server-error' };
  return [
    trendSeries(METRICS.responseTime, values, { ...tags, name }),
    trendSeries(METRICS.requestDuration, values, { ...tags, name }),
    counterSeries(METRICS.requests, succeeded, { ...tags, name, status: '200' }),
    ...(failed > 0
      ? [
          counterSeries(METRICS.requests, failed, { ...tags, name, status: '500' }),
          counterSeries(METRICS.unexpectedResponses, failed, { ...tags, name, ...unexpected }),
        ]
      : []),
  ];
}

/** A window that starts `startS` seconds after the start of the run and is 5 s long by default. */
export function windowAt(
  startS: number,
  series: MetricSeries[],
  { lengthS = 5, overflowed = false }: { lengthS?: number; overflowed?: boolean } = {},
): Window {
  const startMs = RUN_START_MS + startS * SECOND;
  return { startMs, endMs: startMs + lengthS * SECOND, series, overflowed };
}

export function summaryWith(parts: Partial<Summary> = {}): Summary {
  return {
    schemaVersion: SUMMARY_VERSION,
    product: 'shop',
    test: 'peak',
    durationMs: 60 * SECOND,
    requests: 0,
    errors: 0,
    requestDurationMs: constantStats(0, 0),
    responseTimeMs: constantStats(0, 0),
    iterations: 0,
    droppedIterations: 0,
    vusMax: 10,
    receivedBytes: 0,
    sentBytes: 0,
    endpoints: [],
    phases: [],
    flows: [],
    statuses: {},
    errorKinds: {},
    contracts: { checked: 0, broken: 0 },
    ...parts,
  };
}
