import type { TestPlan } from '../definition/index.ts';
import type { Windows } from '../evidence/index.ts';
import { ERROR_KINDS, isHopName, METRICS } from '../metrics/index.ts';
import { type Histogram, quantile } from '../numbers/index.ts';
import { Tally } from './tally.ts';
import type { MetricSeries, Tags, Window } from './windows.ts';

/**
 * Maximum number of slices: enough for 83 min of windows of 5 s. Longer runs get longer slices, such as 40 s for a run
 * of 8 h.
 */
export const MAX_SLICES = 1000;

/**
 * The metrics that the columns are made from, each with the tags that distinguish its columns. Series are summed over
 * all other tags.
 */
const COLUMN_TAGS: Readonly<Record<string, readonly string[]>> = {
  [METRICS.requests]: [],
  [METRICS.responseTime]: ['scenario', 'name'],
  [METRICS.connecting]: ['name'],
  [METRICS.unexpectedResponses]: ['scenario', 'kind', 'name'],
  [METRICS.iterations]: [],
  [METRICS.droppedIterations]: [],
  [METRICS.vus]: [],
  [METRICS.flowDuration]: ['flow', 'outcome'],
};

/** The sum of one or more consecutive windows. */
interface Slice {
  startMs: number;
  endMs: number;
  windows: number;
  tally: Tally;
}

/**
 * A run over time, as at most MAX_SLICES slices. Whenever there are more, pairs of slices are merged, so a long run
 * loses resolution but no data.
 */
export class RunTimeline {
  #slices: Slice[] = [];
  #windowsPerSlice = 1;

  add({ startMs, endMs, series }: Window): void {
    const slice: Slice = { startMs, endMs, windows: 1, tally: new Tally() };
    slice.tally.add(series.flatMap(columnSeries));
    const last = this.#slices.at(-1);
    if (last && last.windows < this.#windowsPerSlice) mergeInto(last, slice);
    else this.#slices.push(slice);
    if (this.#slices.length > MAX_SLICES) this.#coarsen();
  }

  /** Merges pairs of neighboring slices. If the number of slices is odd, later windows complete the last slice. */
  #coarsen(): void {
    this.#windowsPerSlice *= 2;
    this.#slices = this.#slices.filter((slice, i, all) => {
      const next = all[i + 1];
      if (i % 2 === 0 && next) mergeInto(slice, next);
      return i % 2 === 0;
    });
  }

  columns({ workload, flows, endpoints }: TestPlan): Windows {
    const slices = this.#slices;
    const tallies = slices.map(({ tally }) => tally);
    const firstMs = slices[0]?.startMs ?? 0;
    const sums = (metric: string, tags?: Tags) => tallies.map((tally) => tally.sum(metric, tags));
    const durations = (metric: string, tags?: Tags) => tallies.map((tally) => tally.durations(metric, tags));
    const scenarios = Object.keys(workload.scenarios);
    const all = durations(METRICS.responseTime);
    return {
      startMs: slices.map(({ startMs }) => startMs - firstMs),
      durationMs: slices.map(({ startMs, endMs }) => endMs - startMs),
      vus: tallies.map((tally) => tally.max(METRICS.vus)),
      requests: sums(METRICS.requests),
      errors: sums(METRICS.unexpectedResponses),
      errorsByKind: errorsByKind(tallies),
      iterations: sums(METRICS.iterations),
      droppedIterations: sums(METRICS.droppedIterations),
      meanMs: means(all),
      p50Ms: quantiles(all, 0.5),
      p95Ms: quantiles(all, 0.95),
      p99Ms: quantiles(all, 0.99),
      scenarios: byName(scenarios.length < 2 ? [] : scenarios, (scenario) => {
        const histograms = durations(METRICS.responseTime, { scenario });
        return {
          requests: counts(histograms),
          errors: sums(METRICS.unexpectedResponses, { scenario }),
          meanMs: means(histograms),
          p50Ms: quantiles(histograms, 0.5),
          p95Ms: quantiles(histograms, 0.95),
        };
      }),
      flows: byName(
        flows.map(({ name }) => name),
        (flow) => {
          const ended = durations(METRICS.flowDuration, { flow });
          const succeeded = durations(METRICS.flowDuration, { flow, outcome: 'ok' });
          return { iterations: counts(ended), succeeded: counts(succeeded), meanMs: means(ended) };
        },
      ),
      newConnections: connections(durations(METRICS.connecting)),
      endpoints: byName(
        endpoints.map(({ name }) => name),
        (name) => {
          const histograms = durations(METRICS.responseTime, { name });
          return {
            requests: counts(histograms),
            errors: sums(METRICS.unexpectedResponses, { name }),
            newConnections: connections(durations(METRICS.connecting, { name })),
            meanMs: means(histograms),
            p50Ms: quantiles(histograms, 0.5),
            p95Ms: quantiles(histograms, 0.95),
          };
        },
      ),
    };
  }
}

function mergeInto(slice: Slice, next: Slice): void {
  slice.endMs = next.endMs;
  slice.windows += next.windows;
  slice.tally.add(next.tally.series());
}

function columnSeries(series: MetricSeries): MetricSeries[] {
  const kept = COLUMN_TAGS[series.metric];
  // Requests that follow a redirect belong to the call that was redirected.
  if (!kept || (series.metric === METRICS.requests && isHopName(series.tags.name))) return [];
  const tags = Object.fromEntries(Object.entries(series.tags).filter(([tag]) => kept.includes(tag)));
  return [{ ...series, tags }];
}

function errorsByKind(tallies: readonly Tally[]): Windows['errorsByKind'] {
  const sums = tallies.map((tally) => tally.sumsBy(METRICS.unexpectedResponses, 'kind'));
  const kinds = ERROR_KINDS.filter((kind) => sums.some((byKind) => byKind[kind]));
  return byName(kinds, (kind) => sums.map((byKind) => byKind[kind] ?? 0));
}

const byName = <Column>(names: readonly string[], columnOf: (name: string) => Column): Record<string, Column> =>
  Object.fromEntries(names.map((name) => [name, columnOf(name)]));

const orNull = (value: number) => (Number.isNaN(value) ? null : value);
/** Requests that opened a connection: those with a time to connect. */
const connections = (histograms: readonly Histogram[]) => histograms.map(({ count, zeroCount }) => count - zeroCount);
const counts = (histograms: readonly Histogram[]) => histograms.map(({ count }) => count);
const means = (histograms: readonly Histogram[]) => histograms.map(({ sum, count }) => orNull(sum / count));
const quantiles = (histograms: readonly Histogram[], q: number) =>
  histograms.map((histogram) => orNull(quantile(histogram, q)));
