import path from 'node:path';
import type { Excerpt, ExcerptPart } from '../../lib/core/comparison/index.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';

/**
 * The values of one metric in a summary of plain k6. k6 writes summaries in three formats: with `--summary-export`,
 * from the data of `handleSummary`, and with `--new-machine-readable-summary`.
 */
type Values = Record<string, number | undefined>;
type Metrics = Map<string, Values>;

interface Summary {
  metrics: Metrics;
  /** Duration of the run in seconds; null if the summary does not contain it. */
  durationS: number | null;
}

/** Extracts the figures for a comparison. Returns null if the document is not a summary of k6. */
export function excerptFromK6Summary(document: unknown, file: string): Excerpt | null {
  const summary = summaryOf(document);
  const total = summary && partOf(summary, 'total', '');
  if (!summary || !total) return null;
  return {
    id: path.basename(file),
    startedAt: null,
    fingerprint: null,
    circumstances: {},
    unknown: UNKNOWN,
    parts: [total, ...endpointsOf(summary)],
    windows: null,
    resources: { memory: null, cpu: null, poolConnections: null, databaseConnections: null },
  };
}

const UNKNOWN = [
  'the file is a k6 summary, so it was not checked whether test, data and scale are the same',
  'errors in a k6 summary come from http_req_failed, which by default counts every status from 400 on',
  'a k6 summary has no histograms, so the uncertainty of percentiles is unknown: give several runs per side',
];

function summaryOf(document: unknown): Summary | null {
  const { metrics, results, state, config } = (document ?? {}) as {
    metrics?: Record<string, Values & { values?: Values }>;
    results?: { metrics?: { name: string; values: Values }[] };
    state?: { testRunDurationMs?: number };
    config?: { duration?: number };
  };
  if (Array.isArray(results?.metrics))
    return {
      metrics: new Map(results.metrics.map(({ name, values }) => [name, values])),
      durationS: config?.duration ?? null,
    };
  if (typeof metrics !== 'object' || metrics === null) return null;
  return {
    metrics: new Map(Object.entries(metrics).map(([name, metric]) => [name, metric?.values ?? metric ?? {}])),
    durationS: state?.testRunDurationMs === undefined ? null : state.testRunDurationMs / 1000,
  };
}

/** Returns the figures per endpoint. A summary only contains the endpoints that a k6 threshold names. */
function endpointsOf(summary: Summary): ExcerptPart[] {
  const pattern = new RegExp(`^${METRICS.requestDuration}\\{name:([^,{}]+)\\}$`);
  return [...summary.metrics.keys()].flatMap((metric) => {
    const name = pattern.exec(metric)?.[1];
    return (name && partOf(summary, 'endpoint', name)) || [];
  });
}

function partOf({ metrics, durationS }: Summary, scope: ExcerptPart['scope'], name: string): ExcerptPart | null {
  const valuesOf = (metric: string) => metrics.get(name === '' ? metric : `${metric}{name:${name}}`) ?? {};
  const durations = valuesOf(METRICS.requestDuration);
  const requests = valuesOf(METRICS.requests);
  const failed = valuesOf('http_req_failed');
  // In k6's metric http_req_failed, `passes` is the number of failed requests.
  const errors = failed.passes ?? failed.matches;
  const trials = failed.total ?? sumOf(failed.passes, failed.fails);
  const count = durations.count ?? requests.count ?? trials ?? null;
  if (durations.med === undefined && durations['p(95)'] === undefined && durations.p95 === undefined) return null;
  return {
    scope,
    name,
    count,
    p50: durations.med ?? durations['p(50)'] ?? durations.p50 ?? null,
    p95: durations['p(95)'] ?? durations.p95 ?? null,
    p99: durations['p(99)'] ?? durations.p99 ?? null,
    perS: requests.rate ?? (durationS && requests.count !== undefined ? requests.count / durationS : null),
    hits: errors === undefined || trials === undefined ? null : { of: 'errors', count: errors, trials },
    histogram: null,
    stretch: null,
  };
}

const sumOf = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a + b;
