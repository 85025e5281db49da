import type { TestPlan } from '../definition/index.ts';
import type {
  BurstFigures,
  EndpointFigures,
  ErrorFigures,
  Evidence,
  FlowFigures,
  PhaseFigures,
  RefusedAndDegraded,
  StepFigures,
  Totals,
  Trend,
} from '../evidence/index.ts';
import { type ErrorKind, METRICS, PERCENTILES, TREND_STATS, type TrendStats } from '../metrics/index.ts';
import { type Histogram, quantile, share } from '../numbers/index.ts';
import type { K6Totals } from './generators/generator-figures.ts';
import type { RequestSummary, StepSummary, Summary } from './summary.ts';
import { Tally } from './tally.ts';
import { RunTimeline } from './timeline.ts';
import { RATE_CONDITION, type Tags, type TelemetryPeriod, type Window } from './windows.ts';

/** What the load generator measured: the parts of a result that are made from windows and summary alone. */
export type RunFigures = Pick<
  Evidence,
  'totals' | 'endpoints' | 'flows' | 'phases' | 'errors' | 'statuses' | 'contracts' | 'bursts' | 'windows'
> & { droppedIterations: number; vusMax: number; overflowed: boolean };

/**
 * Adds up the windows of a run as they come. What it keeps is bounded by the sets of tags that there are and by the
 * longest timeline, whatever the length of the run. Counts are exact; percentiles are those of the histograms,
 * unless the summary of the same run is there: then they are k6's own, over every single sample.
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

  /** From the start of the first window to the end of the last one; null before the first. */
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

  /** @param whole of what is known of the run beside its windows; of one generator, by its summary */
  figures(
    summary: Summary | null,
    whole: Pick<K6Totals, 'durationMs' | 'vusMax'> = {
      durationMs: summary?.durationMs ?? null,
      vusMax: summary?.vusMax ?? 0,
    },
  ): RunFigures {
    const plan = this.#plan;
    const tally = this.#tally;
    const { startMs, endMs } = this.#span ?? { startMs: 0, endMs: 0 };
    const durationMs = whole.durationMs ?? Math.max(1, endMs - startMs);
    const endpoint = (name: string): EndpointFigures =>
      part(tally, name, { name }, named(summary?.endpoints, name));

    return {
      totals: totals(tally, durationMs, summary),
      endpoints: plan.endpoints.map(({ name }) => endpoint(name)),
      phases: plan.workload.phases.map((phase) =>
        phaseFigures(tally, plan, phase, named(summary?.phases, phase.name)),
      ),
      flows: plan.flows.map((flow) => flowFigures(tally, flow, summary)),
      errors: errorFigures(tally),
      statuses: tally.sumsBy(METRICS.requests, 'status'),
      contracts: {
        share: plan.contractShare,
        checked: tally.sum(METRICS.contractsHold),
        broken: tally.sum(METRICS.contractsHold, { [RATE_CONDITION.tag]: RATE_CONDITION.failed }),
      },
      bursts: (plan.workload.bursts ?? []).map((burst) => burstFigures(tally, burst)),
      windows: this.#timeline.columns(plan),
      droppedIterations: tally.sum(METRICS.droppedIterations),
      vusMax: Math.max(whole.vusMax, tally.max(METRICS.vus) ?? 0),
      overflowed: this.#overflowed || tally.overflowed,
    };
  }
}

const lesser = (tally: Tally, tags: Tags = {}): RefusedAndDegraded => ({
  refusals: tally.sumsBy(METRICS.designedRefusals, 'status', tags),
  degraded: tally.sum(METRICS.degradedResponses, tags),
});

function burstFigures(tally: Tally, { phase, vus }: { phase: string; vus: number }): BurstFigures {
  const { count, min, max } = tally.durations(METRICS.burstOffset, { phase });
  return { phase, vus, began: count, spreadMs: count === 0 ? null : max - min };
}

const unexpected = (tally: Tally, tags: Tags = {}): number => tally.sum(METRICS.unexpectedResponses, tags);

/** A trend from its histogram; the exact statistics, where they are of the same samples, take precedence. */
export function trendOfHistogram(histogram: Histogram, exact?: TrendStats): Trend {
  if (exact && exact.count === histogram.count) return { ...exact, histogram };
  if (histogram.count === 0) return { ...(exact ?? EMPTY), histogram: exact?.count ? null : histogram };
  const percentiles = Object.fromEntries(
    Object.entries(PERCENTILES).map(([name, q]) => [name, quantile(histogram, q)]),
  ) as Record<keyof typeof PERCENTILES, number>;
  const { count, min, max, sum } = histogram;
  return { count, min, mean: sum / count, ...percentiles, max, histogram };
}

const EMPTY = Object.fromEntries(Object.keys(TREND_STATS).map((name) => [name, 0])) as TrendStats;

const named = <Named extends { name: string }>(parts: readonly Named[] | undefined, name: string) =>
  parts?.find((part) => part.name === name);

/** A count that belongs to durations: of a series that the telemetry lost, k6 alone knows it, as it does them. */
const countBeside = (durations: Histogram, byTelemetry: number, byK6: number | undefined) =>
  durations.count > 0 ? byTelemetry : (byK6 ?? byTelemetry);

const perSecond = (count: number, ms: number) => share(count, ms / 1000);

/** @param tags of what it is about */
function part(tally: Tally, name: string, tags: Tags, exact?: RequestSummary): EndpointFigures {
  const histogram = tally.durations(METRICS.requestDuration, tags);
  const durationMs = trendOfHistogram(histogram, exact?.durationMs);
  const errors = countBeside(histogram, unexpected(tally, tags), exact?.errors);
  return {
    name,
    requests: durationMs.count,
    errors,
    errorRate: share(errors, durationMs.count),
    ...lesser(tally, tags),
    statuses: tally.sumsBy(METRICS.requests, 'status', tags),
    durationMs,
  };
}

function totals(tally: Tally, durationMs: number, summary: Summary | null): Totals {
  const requests = tally.sum(METRICS.requests);
  const errors = unexpected(tally);
  return {
    requests,
    errors,
    errorRate: share(errors, requests),
    throughputPerS: perSecond(requests, durationMs),
    durationMs: trendOfHistogram(tally.durations(METRICS.requestDuration), summary?.requestDurationMs),
    ...lesser(tally),
    iterations: tally.sum(METRICS.iterations),
    receivedBytes: tally.sum(METRICS.dataReceived),
    sentBytes: tally.sum(METRICS.dataSent),
  };
}

function phaseFigures(
  tally: Tally,
  plan: TestPlan,
  { name, startMs, endMs }: { name: string; startMs: number; endMs: number },
  exact?: RequestSummary,
): PhaseFigures {
  const tags = { phase: name };
  const whole = part(tally, name, tags, exact);
  return {
    ...whole,
    startMs,
    endMs,
    throughputPerS: perSecond(whole.requests, endMs - startMs),
    endpoints: plan.endpoints.map((endpoint) => part(tally, endpoint.name, { ...tags, name: endpoint.name })),
  };
}

/** How often a flow or a step was gone through and how often rightly, and how long it took. */
function journey(
  tally: Tally,
  metric: string,
  tags: Tags,
  exact?: Pick<StepSummary, 'succeeded' | 'durationMs'>,
) {
  const histogram = tally.durations(metric, tags);
  const durationMs = trendOfHistogram(histogram, exact?.durationMs);
  const ok = tally.durations(metric, { ...tags, outcome: 'ok' }).count;
  const succeeded = countBeside(histogram, ok, exact?.succeeded);
  const times = durationMs.count;
  return { times, succeeded, successRate: share(succeeded, times), durationMs };
}

function flowFigures(tally: Tally, plan: TestPlan['flows'][number], summary: Summary | null): FlowFigures {
  const tags = { flow: plan.name };
  const exact = named(summary?.flows, plan.name);
  const { times: iterations, ...figures } = journey(tally, METRICS.flowDuration, tags, exact);
  const failed = iterations - figures.succeeded;
  return {
    name: plan.name,
    iterations,
    ...figures,
    steps: plan.steps.map((name) => stepFigures(tally, plan.name, name, named(exact?.steps, name))),
    failures: reasons(tally, METRICS.flowDuration, tags).map((one) => ({
      ...one,
      share: share(one.count, failed),
    })),
  };
}

/** How often each reason was given, the commonest first. */
function reasons(tally: Tally, metric: string, tags: Tags): { reason: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { tags: own, histogram } of tally.matching(metric, { ...tags, outcome: 'failed' })) {
    const reason = own.reason ?? 'unknown';
    counts.set(reason, (counts.get(reason) ?? 0) + (histogram?.count ?? 0));
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

function stepFigures(tally: Tally, flow: string, name: string, exact?: StepSummary): StepFigures {
  const { times: attempts, ...figures } = journey(tally, METRICS.stepDuration, { flow, step: name }, exact);
  return { name, observable: attempts > 0, attempts, ...figures };
}

function errorFigures(tally: Tally): ErrorFigures[] {
  // Series that overflowed have lost their tags: what kind they were of, nobody knows.
  const groups = tally
    .groups(METRICS.unexpectedResponses, ['kind', 'code', 'reason', 'name'])
    .filter(({ tags }) => tags.kind !== undefined);
  const all = groups.reduce((sum, group) => sum + group.sum, 0);
  return groups
    .map(({ tags, sum }) => ({
      kind: tags.kind as ErrorKind,
      code: tags.code ?? '',
      reason: tags.reason ?? '',
      endpoint: tags.name ?? '',
      count: sum,
      share: share(sum, all),
    }))
    .sort((a, b) => b.count - a.count);
}
