import { flowSuccessAbove, memorySlopeBelow } from '../../definition/index.ts';
import type {
  Decision,
  Diagnosis,
  Fingerprint,
  NullableInterval,
  Result,
  Run,
  Trend,
} from '../../evidence/index.ts';
import { measureCriterion } from '../../judging/index.ts';

export const RECORD_VERSION = 1;

/** No line of a history is longer than this. */
export const MAX_RECORD_BYTES = 20_000;

/** What is kept of a run for good, as one line of JSON; history.schema.json is its published form. Times in ms. */
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
  /** How fast the memory of the target grew in the longest phase, with its interval; null where that cannot be told. */
  memory: ({ bytesPerHour: number } & NullableInterval) | null;
  /** So many entries of all these lists had no room. */
  omitted: number;
}

const OF_THE_RUN = [
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
  'gitCommit',
] as const satisfies (keyof Run)[];

type RecordedRun = Pick<Run, (typeof OF_THE_RUN)[number]>;

interface RequestRecord {
  requests: number;
  errors: number;
  /** Null where there was no request. */
  durationMs: Record<(typeof PERCENTILES)[number], number> | null;
}

export interface FlowRecord {
  name: string;
  iterations: number;
  succeeded: number;
  /** The success rate that the test promises; null where it promises none. */
  target: number | null;
  durationMs: FlowDurations | null;
  steps: StepRecord[];
  /** Iterations that failed, by reason. */
  failures: { reason: string; count: number }[];
}

export interface StepRecord {
  name: string;
  /** 0 also where the target offers no way to see it. */
  attempts: number;
  succeeded: number;
  durationMs: FlowDurations | null;
}

type FlowDurations = Record<(typeof FLOW_STATS)[number], number>;

const PERCENTILES = ['p50', 'p95', 'p99'] as const;
const FLOW_STATS = ['mean', 'p95'] as const;

/** The record of a run. Where it would be too long, each of its lists keeps only its first entries. */
export function recordOf(result: Result): HistoryRecord {
  const whole = wholeRecord(result);
  const length = LIST_LENGTHS.find(
    (most) => utf8Length(recordLine(shortened(whole, most))) <= MAX_RECORD_BYTES,
  );
  return shortened(whole, length ?? 0);
}

/** A record as it is kept. */
export const recordLine = (record: HistoryRecord): string => JSON.stringify(record);

const utf8Length = (text: string): number => encodeURIComponent(text).replace(/%[\dA-F]{2}/g, '.').length;

function wholeRecord(result: Result): HistoryRecord {
  const { run, fingerprint, verdict, criteria, diagnosis, totals, endpoints, flows } = result;
  return {
    schemaVersion: RECORD_VERSION,
    run: Object.fromEntries(OF_THE_RUN.map((name) => [name, run[name]])) as unknown as RecordedRun,
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
      target: promisedSuccess(name, criteria),
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
  durationMs,
}: {
  requests: number;
  errors: number;
  durationMs: Trend;
}): RequestRecord => ({ requests, errors, durationMs: statsOf(durationMs, PERCENTILES) });

const statsOf = <Name extends Exclude<keyof Trend, 'histogram'>>(
  trend: Trend,
  names: readonly Name[],
): Record<Name, number> | null =>
  trend.count === 0
    ? null
    : (Object.fromEntries(names.map((name) => [name, rounded(trend[name])])) as Record<Name, number>);

/** A line need not say more than anybody can measure. */
const rounded = (value: number): number => Number(value.toPrecision(5));

function promisedSuccess(flow: string, criteria: Result['criteria']): number | null {
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

/** Of a list in a record that would be too long otherwise. */
const LIST_LENGTHS = [1000, 100, 50, 25, 12, 6, 3, 1];
const LONGEST_TEXT = 200;

/** A record whose lists have at most so many entries, and its texts so many letters. */
function shortened(record: HistoryRecord, length: number): HistoryRecord {
  let omitted = 0;
  const cut = (_: string, value: unknown): unknown => {
    if (typeof value === 'string')
      return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT - 1)}…` : value;
    if (!Array.isArray(value)) return value;
    omitted += Math.max(0, value.length - length);
    return value.slice(0, length);
  };
  const labels = Object.entries(record.run.labels);
  omitted += Math.max(0, labels.length - length);
  const run = { ...record.run, labels: Object.fromEntries(labels.slice(0, length)) };
  const short = JSON.parse(JSON.stringify({ ...record, run }, cut)) as HistoryRecord;
  return { ...short, omitted };
}
