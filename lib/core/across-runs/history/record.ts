import { flowSuccessAbove, memorySlopeBelow } from '../../definition/index.ts';
import type { Decision, Diagnosis, Fingerprint, NullableInterval, Result, Run, Trend } from '../../evidence/index.ts';
import { measureCriterion } from '../../judging/index.ts';

export const RECORD_VERSION = 2;

/** Maximum length of one line of a history file. */
export const MAX_RECORD_BYTES = 20_000;

/**
 * The record of a run in the history, stored as one line of JSON. Times are in ms. The published schema is
 * history.schema.json.
 */
export interface HistoryRecord {
  schemaVersion: typeof RECORD_VERSION;
  run: RecordedRun;
  fingerprint: Fingerprint;
  verdict: Decision;
  /** Titles of the criteria that failed. */
  failed: string[];
  causes: Diagnosis['cause'][];
  totals: RequestRecord & { throughputPerS: number };
  endpoints: (RequestRecord & { name: string })[];
  flows: FlowRecord[];
  /**
   * Memory growth of the target in the longest phase, with its confidence interval. Null if memory was not measured.
   */
  memory: ({ bytesPerHour: number } & NullableInterval) | null;
  /** Number of list entries that were left out to keep the record short. */
  omitted: number;
}

const RECORDED_RUN_FIELDS = [
  'id',
  'product',
  'test',
  'environment',
  'labels',
  'scale',
  'scaled',
  'startedAt',
  'durationMs',
  'outcome',
  'partial',
  'commits',
] as const satisfies (keyof Run)[];

type RecordedRun = Pick<Run, (typeof RECORDED_RUN_FIELDS)[number]>;

interface RequestRecord {
  requests: number;
  errors: number;
  /** Percentiles of the response times. Null if there were no requests, or if the run was recorded in version 1. */
  responseTimeMs: RequestDurations | null;
  /** Percentiles of k6's request duration. Null if there were no requests. */
  durationMs: RequestDurations | null;
}

export interface FlowRecord {
  name: string;
  iterations: number;
  succeeded: number;
  /** The success rate that the test requires of the flow. Null if no criterion sets a success rate. */
  target: number | null;
  durationMs: FlowDurations | null;
  steps: StepRecord[];
  /** Number of failed iterations of the flow, by reason. */
  failures: { reason: string; count: number }[];
}

export interface StepRecord {
  name: string;
  /** Number of attempts of the step. The number is also 0 if the target does not make the step observable. */
  attempts: number;
  succeeded: number;
  durationMs: FlowDurations | null;
}

type RequestDurations = Record<(typeof PERCENTILES)[number], number>;
type FlowDurations = Record<(typeof FLOW_STATS)[number], number>;

const PERCENTILES = ['p50', 'p95', 'p99'] as const;
const FLOW_STATS = ['mean', 'p95'] as const;

/** Creates the record of a run. If the record would be too long, every list keeps only its first entries. */
export function recordOf(result: Result): HistoryRecord {
  const record = wholeRecord(result);
  const length = LIST_LENGTHS.find((max) => utf8Length(recordLine(shortened(record, max))) <= MAX_RECORD_BYTES);
  return shortened(record, length ?? 0);
}

/** Returns the record as one line of JSON. */
export const recordLine = (record: HistoryRecord): string => JSON.stringify(record);

const utf8Length = (text: string): number => encodeURIComponent(text).replace(/%[\dA-F]{2}/g, '.').length;

function wholeRecord(result: Result): HistoryRecord {
  const { run, fingerprint, verdict, criteria, diagnosis, totals, endpoints, flows } = result;
  return {
    schemaVersion: RECORD_VERSION,
    run: Object.fromEntries(RECORDED_RUN_FIELDS.map((name) => [name, run[name]])) as unknown as RecordedRun,
    fingerprint,
    verdict: verdict.decision,
    failed: criteria.filter(({ status }) => status === 'fail').map(({ title }) => title),
    causes: diagnosis.map(({ cause }) => cause),
    totals: { ...requestRecord(totals), throughputPerS: rounded(totals.throughputPerS) },
    endpoints: endpoints
      .filter(({ requests }) => requests > 0)
      .sort((a, b) => b.requests - a.requests)
      .map((endpoint) => ({ name: endpoint.name, ...requestRecord(endpoint) })),
    flows: flows.map(({ name, iterations, succeeded, durationMs, steps, failures }) => ({
      name,
      iterations,
      succeeded,
      target: requiredSuccessRate(name, criteria),
      durationMs: statsOf(durationMs, FLOW_STATS),
      steps: steps.map((step) => ({
        name: step.name,
        attempts: step.attempts,
        succeeded: step.succeeded,
        durationMs: statsOf(step.durationMs, FLOW_STATS),
      })),
      failures: failures.map(({ reason, count }) => ({ reason, count })),
    })),
    memory: memoryOf(result),
    omitted: 0,
  };
}

const requestRecord = ({
  requests,
  errors,
  responseTimeMs,
  durationMs,
}: Pick<Result['totals'], keyof RequestRecord>): RequestRecord => ({
  requests,
  errors,
  responseTimeMs: statsOf(responseTimeMs, PERCENTILES),
  durationMs: statsOf(durationMs, PERCENTILES),
});

const statsOf = <Name extends Exclude<keyof Trend, 'histogram'>>(
  trend: Trend,
  names: readonly Name[],
): Record<Name, number> | null =>
  trend.count === 0
    ? null
    : (Object.fromEntries(names.map((name) => [name, rounded(trend[name])])) as Record<Name, number>);

/** Rounds to five significant digits, because the measurements are not more precise than that. */
const rounded = (value: number): number => Number(value.toPrecision(5));

function requiredSuccessRate(flow: string, criteria: Result['criteria']): number | null {
  const { id } = flowSuccessAbove(flow, 0);
  return criteria.find((criterion) => criterion.id === id)?.limit ?? null;
}

function memoryOf(evidence: Result): HistoryRecord['memory'] {
  const phases = evidence.run.workload.phases.map(({ name, startMs, endMs }) => ({
    name,
    lengthMs: endMs - startMs,
  }));
  const [longest] = phases.sort((a, b) => b.lengthMs - a.lengthMs);
  if (!longest) return null;
  const { value, interval } = measureCriterion(evidence, memorySlopeBelow(0, longest.name));
  const bound = (end: number | undefined) => (Number.isFinite(end) ? rounded(end as number) : null);
  return value === null
    ? null
    : { bytesPerHour: rounded(value), low: bound(interval?.low), high: bound(interval?.high) };
}

/** Maximum list lengths to try in turn until the record is short enough. */
const LIST_LENGTHS = [1000, 100, 50, 25, 12, 6, 3, 1];
const MAX_TEXT_LENGTH = 200;

/**
 * Returns a copy of a record with at most `maxEntries` entries per list and at most MAX_TEXT_LENGTH characters per
 * text.
 */
function shortened(record: HistoryRecord, maxEntries: number): HistoryRecord {
  let omitted = 0;
  const cut = (_: string, value: unknown): unknown => {
    if (typeof value === 'string')
      return value.length > MAX_TEXT_LENGTH ? `${value.slice(0, MAX_TEXT_LENGTH - 1)}…` : value;
    if (!Array.isArray(value)) return value;
    omitted += Math.max(0, value.length - maxEntries);
    return value.slice(0, maxEntries);
  };
  const labels = Object.entries(record.run.labels);
  omitted += Math.max(0, labels.length - maxEntries);
  const run = { ...record.run, labels: Object.fromEntries(labels.slice(0, maxEntries)) };
  const short = JSON.parse(JSON.stringify({ ...record, run }, cut)) as HistoryRecord;
  return { ...short, omitted };
}
