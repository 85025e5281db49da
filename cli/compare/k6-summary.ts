import path from 'node:path';
import type { Excerpt, ExcerptPart } from '../../lib/core/comparison/index.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';

/**
 * What somebody else's k6 wrote of a run: `--summary-export`, the data of `handleSummary`, or either of them with
 * `--new-machine-readable-summary`. Each of the three keeps its metrics in another form.
 */
type Values = Record<string, number | undefined>;
type Metrics = Map<string, Values>;

interface Summary {
  metrics: Metrics;
  /** Null where it does not say. */
  durationS: number | null;
}

/** @returns null where the document is no summary of k6 */
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
  'a summary of k6: whether it is of the same test, data and scale is not known, and was not checked',
  'its errors are those of http_req_failed: k6 takes every status from 400 on for one, unless its script says otherwise',
  'without histograms and windows nothing tells how uncertain its percentiles are: give several runs a side',
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

/** Sub-metrics by endpoint are there where a threshold names them. */
function endpointsOf(summary: Summary): ExcerptPart[] {
  const pattern = new RegExp(`^${METRICS.requestDuration}\\{name:([^,{}]+)\\}$`);
  return [...summary.metrics.keys()].flatMap((metric) => {
    const name = pattern.exec(metric)?.[1];
    return (name && partOf(summary, 'endpoint', name)) || [];
  });
}

function partOf(
  { metrics, durationS }: Summary,
  scope: ExcerptPart['scope'],
  name: string,
): ExcerptPart | null {
  const own = (metric: string) => metrics.get(name === '' ? metric : `${metric}{name:${name}}`) ?? {};
  const durations = own(METRICS.requestDuration);
  const requests = own(METRICS.requests);
  const failed = own('http_req_failed');
  // Here "passes" are requests of which it is true that they failed.
  const errors = failed.passes ?? failed.matches;
  const trials = failed.total ?? sumOf(failed.passes, failed.fails);
  const count = durations.count ?? requests.count ?? trials ?? null;
  if (durations.med === undefined && durations['p(95)'] === undefined && durations.p95 === undefined)
    return null;
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
