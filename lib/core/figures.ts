import { ERROR_KINDS, type ErrorKind } from './errors.ts';
import { emptyHistogram, type Histogram, mergeHistograms, quantile } from './histogram.ts';
import { METRICS, PERCENTILES, type TrendStats } from './metrics.ts';
import type { TestPlan } from './plan.ts';
import type {
  EndpointFigures,
  ErrorFigures,
  Evidence,
  FlowFigures,
  PhaseFigures,
  StepFigures,
  Totals,
  Trend,
  Windows,
} from './result.ts';
import type { Part, StepPart, Summary } from './summary.ts';
import { CONDITION, type Series, type Tags, type Window } from './windows.ts';

/** What the load generator measured: the parts of a result that are made from windows and summary alone. */
export type Figures = Pick<
  Evidence,
  'totals' | 'endpoints' | 'flows' | 'phases' | 'errors' | 'statuses' | 'contracts' | 'windows'
> & { droppedIterations: number; vusMax: number; overflowed: boolean };

/**
 * Adds up the windows of a run. Counts are exact; percentiles are those of the histograms, unless the summary
 * of the same run is there: then they are k6's own, over every single sample.
 */
export function figures(plan: TestPlan, windows: readonly Window[], summary: Summary | null): Figures {
  const tally = new Tally(windows);
  const startMs = windows[0]?.startMs ?? 0;
  const durationMs = summary?.durationMs ?? Math.max(1, (windows.at(-1)?.endMs ?? 1) - startMs);
  const endpoint = (name: string): EndpointFigures =>
    counted(
      name,
      tally.failedChecks({ check: name }),
      tally.durations(METRICS.requestDuration, { name }),
      named(summary?.endpoints, name),
    );

  return {
    totals: totals(tally, durationMs, summary),
    endpoints: plan.endpoints.map(({ name }) => endpoint(name)),
    phases: plan.workload.phases.map((phase) =>
      phaseFigures(tally, phase, named(summary?.phases, phase.name)),
    ),
    flows: plan.flows.map((flow) => flowFigures(tally, flow, summary)),
    errors: errorFigures(tally),
    statuses: tally.sumsBy(METRICS.requests, 'status'),
    contracts: {
      share: plan.contractShare,
      checked: tally.sum(METRICS.contractsHold),
      broken: tally.sum(METRICS.contractsHold, { [CONDITION.tag]: CONDITION.failed }),
    },
    windows: windowColumns(plan, windows, startMs),
    droppedIterations: tally.sum(METRICS.droppedIterations),
    vusMax: Math.max(summary?.vusMax ?? 0, tally.highest(METRICS.vus) ?? 0),
    overflowed: windows.some(({ overflowed }) => overflowed),
  };
}

/** Sums and merges over the series of windows, by what their tags must hold. */
class Tally {
  readonly #byMetric = new Map<string, Series[]>();

  constructor(windows: readonly Pick<Window, 'series'>[]) {
    for (const { series } of windows) {
      for (const one of series) {
        const known = this.#byMetric.get(one.metric);
        if (known) known.push(one);
        else this.#byMetric.set(one.metric, [one]);
      }
    }
  }

  #matching(metric: string, tags: Tags): Series[] {
    const wanted = Object.entries(tags);
    return (this.#byMetric.get(metric) ?? []).filter((one) =>
      wanted.every(([key, value]) => one.tags[key] === value),
    );
  }

  sum(metric: string, tags: Tags = {}): number {
    return this.#matching(metric, tags).reduce((sum, { value = 0 }) => sum + value, 0);
  }

  highest(metric: string): number | null {
    const all = this.#matching(metric, {});
    return all.length === 0 ? null : all.reduce((highest, { value = 0 }) => Math.max(highest, value), 0);
  }

  /** Without series that lack the tag: those that overflowed have lost theirs. */
  sumsBy(metric: string, tag: string): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { tags, value = 0 } of this.#matching(metric, {})) {
      const key = tags[tag];
      if (key !== undefined) sums[key] = (sums[key] ?? 0) + value;
    }
    return sums;
  }

  /** Sums for each set of values of these tags. */
  groups(metric: string, keys: readonly string[]): { tags: Tags; sum: number }[] {
    const groups = new Map<string, { tags: Tags; sum: number }>();
    for (const { tags, value = 0 } of this.#matching(metric, {})) {
      const id = JSON.stringify(keys.map((key) => tags[key] ?? ''));
      const group = groups.get(id);
      if (group) group.sum += value;
      else groups.set(id, { tags, sum: value });
    }
    return [...groups.values()];
  }

  durations(metric: string, tags: Tags = {}): Histogram {
    return this.#matching(metric, tags).reduce(
      (merged, { histogram }) => (histogram ? mergeHistograms(merged, histogram) : merged),
      emptyHistogram(),
    );
  }

  failedChecks(tags: Tags = {}): number {
    return this.sum(METRICS.checks, { ...tags, [CONDITION.tag]: CONDITION.failed });
  }

  /** How often each reason was given, the commonest first. */
  reasons(metric: string, tags: Tags): { reason: string; count: number }[] {
    const counts = new Map<string, number>();
    for (const { tags: own, histogram } of this.#matching(metric, { ...tags, outcome: 'failed' })) {
      const reason = own.reason ?? 'unknown';
      counts.set(reason, (counts.get(reason) ?? 0) + (histogram?.count ?? 0));
    }
    return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  }
}

/** A trend from its histogram; the exact statistics, where they are of the same samples, take precedence. */
export function trend(histogram: Histogram, exact?: TrendStats): Trend {
  if (exact && exact.count === histogram.count) return { ...exact, histogram };
  if (histogram.count === 0) return { ...(exact ?? EMPTY), histogram: exact?.count ? null : histogram };
  const percentiles = Object.fromEntries(
    Object.entries(PERCENTILES).map(([name, q]) => [name, quantile(histogram, q)]),
  ) as Record<keyof typeof PERCENTILES, number>;
  const { count, min, max, sum } = histogram;
  return { count, min, mean: sum / count, ...percentiles, max, histogram };
}

const EMPTY: TrendStats = {
  count: 0,
  min: 0,
  mean: 0,
  p10: 0,
  p25: 0,
  p50: 0,
  p75: 0,
  p90: 0,
  p95: 0,
  p99: 0,
  p999: 0,
  max: 0,
};

const named = <Named extends { name: string }>(parts: readonly Named[] | undefined, name: string) =>
  parts?.find((part) => part.name === name);

/** A count that belongs to durations: of a series that the telemetry lost, k6 alone knows it, as it does them. */
const countBeside = (durations: Histogram, byTelemetry: number, byK6: number | undefined) =>
  durations.count > 0 ? byTelemetry : (byK6 ?? byTelemetry);

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
const perSecond = (count: number, ms: number) => share(count, ms / 1000);

function counted(name: string, failedChecks: number, histogram: Histogram, exact?: Part): EndpointFigures {
  const durationMs = trend(histogram, exact?.durationMs);
  const errors = countBeside(histogram, failedChecks, exact?.errors);
  return { name, requests: durationMs.count, errors, errorRate: share(errors, durationMs.count), durationMs };
}

function totals(tally: Tally, durationMs: number, summary: Summary | null): Totals {
  const requests = tally.sum(METRICS.requests);
  const errors = tally.failedChecks();
  return {
    requests,
    errors,
    errorRate: share(errors, requests),
    throughputPerS: perSecond(requests, durationMs),
    durationMs: trend(tally.durations(METRICS.requestDuration), summary?.requestDurationMs),
    iterations: tally.sum(METRICS.iterations),
    receivedBytes: tally.sum(METRICS.dataReceived),
    sentBytes: tally.sum(METRICS.dataSent),
  };
}

function phaseFigures(
  tally: Tally,
  { name, startMs, endMs }: { name: string; startMs: number; endMs: number },
  exact?: Part,
): PhaseFigures {
  const tags = { phase: name };
  const part = counted(name, tally.failedChecks(tags), tally.durations(METRICS.requestDuration, tags), exact);
  return { ...part, startMs, endMs, throughputPerS: perSecond(part.requests, endMs - startMs) };
}

function flowFigures(tally: Tally, plan: TestPlan['flows'][number], summary: Summary | null): FlowFigures {
  const tags = { flow: plan.name };
  const exact = named(summary?.flows, plan.name);
  const histogram = tally.durations(METRICS.flowDuration, tags);
  const durationMs = trend(histogram, exact?.durationMs);
  const iterations = durationMs.count;
  const ok = tally.durations(METRICS.flowDuration, { ...tags, outcome: 'ok' }).count;
  const succeeded = countBeside(histogram, ok, exact?.succeeded);
  const failures = tally.reasons(METRICS.flowDuration, tags);
  const failed = iterations - succeeded;
  return {
    name: plan.name,
    iterations,
    succeeded,
    successRate: share(succeeded, iterations),
    durationMs,
    steps: plan.steps.map((name) => stepFigures(tally, plan.name, name, named(exact?.steps, name))),
    failures: failures.map((one) => ({ ...one, share: share(one.count, failed) })),
  };
}

function stepFigures(tally: Tally, flow: string, name: string, exact?: StepPart): StepFigures {
  const tags = { flow, step: name };
  const histogram = tally.durations(METRICS.stepDuration, tags);
  const durationMs = trend(histogram, exact?.durationMs);
  const attempts = durationMs.count;
  const ok = tally.durations(METRICS.stepDuration, { ...tags, outcome: 'ok' }).count;
  const succeeded = countBeside(histogram, ok, exact?.succeeded);
  return {
    name,
    observable: attempts > 0,
    attempts,
    succeeded,
    successRate: share(succeeded, attempts),
    durationMs,
  };
}

function errorFigures(tally: Tally): ErrorFigures[] {
  // Series that overflowed have lost their tags: what kind they were of, nobody knows.
  const groups = tally
    .groups(METRICS.unexpectedAnswers, ['kind', 'code', 'reason', 'name'])
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

function windowColumns(plan: TestPlan, windows: readonly Window[], startMs: number): Windows {
  const tallies = windows.map((window) => new Tally([window]));
  const durations = (tags: Tags) => tallies.map((tally) => tally.durations(METRICS.requestDuration, tags));
  const scenarios = Object.keys(plan.workload.scenarios);
  const all = durations({});
  return {
    startMs: windows.map((window) => window.startMs - startMs),
    durationMs: windows.map((window) => window.endMs - window.startMs),
    vus: tallies.map((tally) => tally.highest(METRICS.vus)),
    requests: tallies.map((tally) => tally.sum(METRICS.requests)),
    errors: tallies.map((tally) => tally.failedChecks()),
    errorsByKind: errorsByKind(tallies),
    iterations: tallies.map((tally) => tally.sum(METRICS.iterations)),
    droppedIterations: tallies.map((tally) => tally.sum(METRICS.droppedIterations)),
    meanMs: means(all),
    p50Ms: quantiles(all, 0.5),
    p95Ms: quantiles(all, 0.95),
    p99Ms: quantiles(all, 0.99),
    scenarios: Object.fromEntries(
      scenarios.length < 2
        ? []
        : scenarios.map((scenario) => {
            const own = durations({ scenario });
            return [
              scenario,
              {
                requests: own.map(({ count }) => count),
                errors: tallies.map((tally) => tally.failedChecks({ scenario })),
                meanMs: means(own),
                p50Ms: quantiles(own, 0.5),
                p95Ms: quantiles(own, 0.95),
              },
            ];
          }),
    ),
    flows: Object.fromEntries(
      plan.flows.map(({ name: flow }) => {
        const finished = tallies.map((tally) => tally.durations(METRICS.flowDuration, { flow }));
        const ok = tallies.map(
          (tally) => tally.durations(METRICS.flowDuration, { flow, outcome: 'ok' }).count,
        );
        return [
          flow,
          { iterations: finished.map(({ count }) => count), succeeded: ok, meanMs: means(finished) },
        ];
      }),
    ),
  };
}

function errorsByKind(tallies: readonly Tally[]): Windows['errorsByKind'] {
  const counts = tallies.map((tally) => tally.sumsBy(METRICS.unexpectedAnswers, 'kind'));
  const kinds = ERROR_KINDS.filter((kind) => counts.some((one) => one[kind]));
  return Object.fromEntries(kinds.map((kind) => [kind, counts.map((one) => one[kind] ?? 0)]));
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value);
const means = (histograms: readonly Histogram[]) => histograms.map(({ sum, count }) => orNull(sum / count));
const quantiles = (histograms: readonly Histogram[], q: number) =>
  histograms.map((one) => orNull(quantile(one, q)));
