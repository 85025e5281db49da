import { isRedirect, type TestPlan } from '../definition/index.ts';
import {
  type BurstFigures,
  type EndpointFigures,
  type ErrorFigures,
  type Evidence,
  type FlowFigures,
  mergeCounts,
  type PhaseFigures,
  type RefusedAndDegraded,
  type StepFigures,
  type Totals,
  type Trend,
} from '../evidence/index.ts';
import { type ErrorKind, hopName, METRICS, PERCENTILES, TREND_STATS, type TrendStats } from '../metrics/index.ts';
import { type Histogram, quantile, share, sum } from '../numbers/index.ts';
import type { K6Totals } from './generators/generator-figures.ts';
import type { RequestSummary, StepSummary, Summary } from './summary.ts';
import { Tally } from './tally.ts';
import { RunTimeline } from './timeline.ts';
import { RATE_CONDITION, type Tags, type TelemetryPeriod, type Window } from './windows.ts';

/** The parts of a result that come from the windows and the summary of the load generator. */
export type RunFigures = Pick<
  Evidence,
  'totals' | 'endpoints' | 'flows' | 'phases' | 'errors' | 'statuses' | 'contracts' | 'bursts' | 'windows'
> & { droppedIterations: number; vusMax: number; overflowed: boolean };

/**
 * Adds up the windows of a run as they arrive. Memory is bounded by the number of tag sets and by MAX_SLICES,
 * whatever the length of the run. Counts are exact. Percentiles come from k6's summary, which has every sample, and
 * otherwise from the histograms.
 */
export class RunTally {
  readonly #plan: TestPlan;
  readonly #tally = new Tally();
  readonly #timeline = new RunTimeline();
  #overflowed = false;
  #span: TelemetryPeriod | null = null;

  constructor(plan: TestPlan) {
    this.#plan = plan;
  }

  /** Period from the start of the first window to the end of the last one; null before the first window. */
  get period(): TelemetryPeriod | null {
    return this.#span;
  }

  add(window: Window): void {
    this.#span = {
      startMs: this.#span?.startMs ?? window.startMs,
      endMs: Math.max(this.#span?.endMs ?? 0, window.endMs),
    };
    this.#overflowed ||= window.overflowed;
    this.#tally.add(window.series);
    this.#timeline.add(window);
  }

  /** @param k6Totals duration and peak VUs according to k6. Default: those of the summary */
  figures(
    summary: Summary | null,
    k6Totals: Pick<K6Totals, 'durationMs' | 'vusMax'> = {
      durationMs: summary?.durationMs ?? null,
      vusMax: summary?.vusMax ?? 0,
    },
  ): RunFigures {
    const plan = this.#plan;
    const tally = this.#tally;
    const hops = plan.endpoints.filter(({ redirects }) => redirects).map(({ name }) => ({ name: hopName(name) }));
    const { startMs, endMs } = this.#span ?? { startMs: 0, endMs: 0 };
    const durationMs = k6Totals.durationMs ?? Math.max(1, endMs - startMs);

    return {
      totals: totals(tally, hops, durationMs, summary),
      endpoints: plan.endpoints.map(({ name }) => endpointFigures(tally, name, {}, byName(summary?.endpoints, name))),
      phases: plan.workload.phases.map((phase) =>
        phaseFigures(tally, plan, hops, phase, byName(summary?.phases, phase.name)),
      ),
      flows: plan.flows.map((flow) => flowFigures(tally, flow, summary)),
      errors: errorFigures(tally),
      statuses: statusesOf(tally, {}, hops),
      contracts: {
        share: plan.contractShare,
        checked: tally.sum(METRICS.contractsHold),
        broken: tally.sum(METRICS.contractsHold, { [RATE_CONDITION.tag]: RATE_CONDITION.failed }),
      },
      bursts: (plan.workload.bursts ?? []).map((burst) => burstFigures(tally, burst)),
      windows: this.#timeline.columns(plan),
      droppedIterations: tally.sum(METRICS.droppedIterations),
      vusMax: Math.max(k6Totals.vusMax, tally.max(METRICS.vus) ?? 0),
      overflowed: this.#overflowed || tally.overflowed,
    };
  }
}

const refusedAndDegraded = (tally: Tally, tags: Tags = {}): RefusedAndDegraded => ({
  refusals: tally.sumsBy(METRICS.designedRefusals, 'status', tags),
  degraded: tally.sum(METRICS.degradedResponses, tags),
});

function burstFigures(tally: Tally, { phase, vus }: { phase: string; vus: number }): BurstFigures {
  const { count, min, max } = tally.durations(METRICS.burstOffset, { phase });
  return { phase, vus, began: count, spreadMs: count === 0 ? null : max - min };
}

const errorCount = (tally: Tally, tags: Tags = {}): number => tally.sum(METRICS.unexpectedResponses, tags);

/**
 * The statistics of a histogram.
 * @param exact k6's statistics. They replace those of the histogram if both have the same number of samples, or if the
 * histogram is empty.
 */
export function trendOfHistogram(histogram: Histogram, exact?: TrendStats): Trend {
  if (exact && exact.count === histogram.count) return { ...exact, histogram };
  if (histogram.count === 0) return { ...(exact ?? EMPTY_STATS), histogram: exact?.count ? null : histogram };
  const percentiles = Object.fromEntries(
    Object.entries(PERCENTILES).map(([name, q]) => [name, quantile(histogram, q)]),
  ) as Record<keyof typeof PERCENTILES, number>;
  const { count, min, max, sum } = histogram;
  return { count, min, mean: sum / count, ...percentiles, max, histogram };
}

const EMPTY_STATS = Object.fromEntries(Object.keys(TREND_STATS).map((name) => [name, 0])) as TrendStats;

const byName = <Named extends { name: string }>(parts: readonly Named[] | undefined, name: string) =>
  parts?.find((part) => part.name === name);

/**
 * Prefers the count from telemetry, unless the telemetry lost the whole series. In that case, it has no durations
 * either.
 */
const countOf = (durations: Histogram, byTelemetry: number, byK6: number | undefined) =>
  durations.count > 0 ? byTelemetry : (byK6 ?? byTelemetry);

const perSecond = (count: number, ms: number) => share(count, ms / 1000);

/** Returns the figures of the calls of one endpoint. */
function endpointFigures(tally: Tally, name: string, tags: Tags, exact?: RequestSummary): EndpointFigures {
  return requestFigures(tally, { name, tags: { ...tags, name }, hopTags: [{ ...tags, name: hopName(name) }] }, exact);
}

/**
 * Returns the figures of all calls with the given tags.
 * @param hopTags tags of the requests that followed their redirects
 */
function requestFigures(
  tally: Tally,
  { name, tags, hopTags }: { name: string; tags: Tags; hopTags: readonly Tags[] },
  exact?: RequestSummary,
): EndpointFigures {
  const histogram = tally.durations(METRICS.responseTime, tags);
  const responseTimeMs = trendOfHistogram(histogram, exact?.responseTimeMs);
  const errors = countOf(histogram, errorCount(tally, tags), exact?.errors);
  return {
    name,
    requests: responseTimeMs.count,
    errors,
    unanswered: errorCount(tally, { ...tags, kind: UNANSWERED }),
    errorRate: share(errors, responseTimeMs.count),
    redirectHops: hopCount(tally, hopTags),
    ...refusedAndDegraded(tally, tags),
    statuses: statusesOf(tally, tags, hopTags),
    responseTimeMs,
    durationMs: trendOfHistogram(tally.durations(METRICS.requestDuration, tags)),
  };
}

const UNANSWERED: ErrorKind = 'unanswered';

const hopCount = (tally: Tally, hopTags: readonly Tags[]): number =>
  sum(hopTags.map((tags) => tally.sum(METRICS.requests, tags)));

/** Returns the number of calls by the status of their last response. */
function statusesOf(tally: Tally, tags: Tags, hopTags: readonly Tags[]): Record<string, number> {
  const scopes = tags.name === undefined ? [tags] : [tags, ...hopTags];
  const statuses = scopes.map((scope) => tally.sumsBy(METRICS.requests, 'status', scope)).reduce(mergeCounts, {});
  // Every hop follows one redirect, which is not the last response of its call.
  let followed = hopCount(tally, hopTags);
  for (const [status, count] of Object.entries(statuses)) {
    if (followed === 0 || !isRedirect(Number(status))) continue;
    const left = Math.max(0, count - followed);
    followed -= count - left;
    if (left === 0) delete statuses[status];
    else statuses[status] = left;
  }
  return statuses;
}

function totals(tally: Tally, hopTags: readonly Tags[], durationMs: number, summary: Summary | null): Totals {
  const redirectHops = hopCount(tally, hopTags);
  const requests = tally.sum(METRICS.requests) - redirectHops;
  const errors = errorCount(tally);
  return {
    requests,
    errors,
    unanswered: errorCount(tally, { kind: UNANSWERED }),
    errorRate: share(errors, requests),
    redirectHops,
    throughputPerS: perSecond(requests, durationMs),
    responseTimeMs: trendOfHistogram(tally.durations(METRICS.responseTime), summary?.responseTimeMs),
    durationMs: trendOfHistogram(tally.durations(METRICS.requestDuration), summary?.requestDurationMs),
    ...refusedAndDegraded(tally),
    iterations: tally.sum(METRICS.iterations),
    receivedBytes: tally.sum(METRICS.dataReceived),
    sentBytes: tally.sum(METRICS.dataSent),
  };
}

function phaseFigures(
  tally: Tally,
  plan: TestPlan,
  hops: readonly Tags[],
  { name, startMs, endMs }: { name: string; startMs: number; endMs: number },
  exact?: RequestSummary,
): PhaseFigures {
  const tags = { phase: name };
  const hopTags = hops.map((hop) => ({ ...hop, ...tags }));
  const figures = requestFigures(tally, { name, tags, hopTags }, exact);
  return {
    ...figures,
    startMs,
    endMs,
    throughputPerS: perSecond(figures.requests, endMs - startMs),
    endpoints: plan.endpoints.map((endpoint) => endpointFigures(tally, endpoint.name, tags)),
  };
}

/** How often a flow or a step was performed, how often it succeeded, and how long it took. */
function flowOrStepFigures(
  tally: Tally,
  metric: string,
  tags: Tags,
  exact?: Pick<StepSummary, 'succeeded' | 'durationMs'>,
) {
  const histogram = tally.durations(metric, tags);
  const durationMs = trendOfHistogram(histogram, exact?.durationMs);
  const ok = tally.durations(metric, { ...tags, outcome: 'ok' }).count;
  const succeeded = countOf(histogram, ok, exact?.succeeded);
  const times = durationMs.count;
  return { times, succeeded, successRate: share(succeeded, times), durationMs };
}

function flowFigures(tally: Tally, plan: TestPlan['flows'][number], summary: Summary | null): FlowFigures {
  const tags = { flow: plan.name };
  const exact = byName(summary?.flows, plan.name);
  const { times: iterations, ...figures } = flowOrStepFigures(tally, METRICS.flowDuration, tags, exact);
  const failed = iterations - figures.succeeded;
  return {
    name: plan.name,
    iterations,
    ...figures,
    steps: plan.steps.map((name) => stepFigures(tally, plan.name, name, byName(exact?.steps, name))),
    failures: failureReasons(tally, METRICS.flowDuration, tags).map(({ reason, count }) => ({
      reason,
      count,
      share: share(count, failed),
    })),
  };
}

/** Returns how often each reason for a failure occurred, the most frequent first. */
function failureReasons(tally: Tally, metric: string, tags: Tags): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const series of tally.matching(metric, { ...tags, outcome: 'failed' })) {
    const reason = series.tags.reason ?? 'unknown';
    counts.set(reason, (counts.get(reason) ?? 0) + (series.histogram?.count ?? 0));
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

function stepFigures(tally: Tally, flow: string, name: string, exact?: StepSummary): StepFigures {
  const tags = { flow, step: name };
  const { times: attempts, ...figures } = flowOrStepFigures(tally, METRICS.stepDuration, tags, exact);
  return { name, observable: attempts > 0, attempts, ...figures };
}

function errorFigures(tally: Tally): ErrorFigures[] {
  // Series that overflowed have lost their tags, so their kind is unknown.
  const groups = tally
    .groups(METRICS.unexpectedResponses, ['kind', 'code', 'reason', 'name'])
    .filter(({ tags }) => tags.kind !== undefined);
  const total = sum(groups.map((group) => group.sum));
  return groups
    .map(({ tags, sum: count }) => ({
      kind: tags.kind as ErrorKind,
      code: tags.code ?? '',
      reason: tags.reason ?? '',
      endpoint: tags.name ?? '',
      count,
      share: share(count, total),
    }))
    .sort((a, b) => b.count - a.count);
}
