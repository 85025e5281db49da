import type { TestPlan } from '../definition/index.ts';
import type { Windows } from '../evidence/index.ts';
import { ERROR_KINDS, METRICS } from '../metrics/index.ts';
import { type Histogram, quantile } from '../numbers/index.ts';
import { Tally } from './tally.ts';
import type { MetricSeries, Tags, Window } from './windows.ts';

/** Longest timeline: 83 min at windows of 5 s. A longer run has coarser windows, 8 h of 40 s each. */
export const MAX_SLICES = 1000;

/** The tags by which columns differ; by all others a window is added up. Metrics without a column are left out. */
const TAGS_OF_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  [METRICS.requests]: [],
  [METRICS.requestDuration]: ['scenario'],
  [METRICS.unexpectedResponses]: ['scenario', 'kind'],
  [METRICS.iterations]: [],
  [METRICS.droppedIterations]: [],
  [METRICS.vus]: [],
  [METRICS.flowDuration]: ['flow', 'outcome'],
};

/** Windows that follow one another, as one. */
interface Slice {
  startMs: number;
  endMs: number;
  windows: number;
  tally: Tally;
}

/** A run over time, in slices of as many windows as it takes for there not to be too many. Nothing is lost but resolution. */
export class RunTimeline {
  #slices: Slice[] = [];
  #windowsPerSlice = 1;

  get length(): number {
    return this.#slices.length;
  }

  add({ startMs, endMs, series }: Window): void {
    const slice: Slice = { startMs, endMs, windows: 1, tally: new Tally() };
    slice.tally.add(series.flatMap(forColumns));
    const last = this.#slices.at(-1);
    if (last && last.windows < this.#windowsPerSlice) prolong(last, slice);
    else this.#slices.push(slice);
    if (this.#slices.length > MAX_SLICES) this.#coarsen();
  }

  /** Makes one of every two neighbours; a last one that is alone waits for the windows to come. */
  #coarsen(): void {
    this.#windowsPerSlice *= 2;
    this.#slices = this.#slices.filter((slice, i, all) => {
      const next = all[i + 1];
      if (i % 2 === 0 && next) prolong(slice, next);
      return i % 2 === 0;
    });
  }

  columns({ workload, flows }: TestPlan): Windows {
    const slices = this.#slices;
    const tallies = slices.map(({ tally }) => tally);
    const firstMs = slices[0]?.startMs ?? 0;
    const sums = (metric: string, tags?: Tags) => tallies.map((tally) => tally.sum(metric, tags));
    const durations = (metric: string, tags?: Tags) => tallies.map((tally) => tally.durations(metric, tags));
    const scenarios = Object.keys(workload.scenarios);
    const all = durations(METRICS.requestDuration);
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
        const own = durations(METRICS.requestDuration, { scenario });
        return {
          requests: counts(own),
          errors: sums(METRICS.unexpectedResponses, { scenario }),
          meanMs: means(own),
          p50Ms: quantiles(own, 0.5),
          p95Ms: quantiles(own, 0.95),
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
    };
  }
}

function prolong(slice: Slice, next: Slice): void {
  slice.endMs = next.endMs;
  slice.windows += next.windows;
  slice.tally.add(next.tally.series());
}

function forColumns(series: MetricSeries): MetricSeries[] {
  const kept = TAGS_OF_COLUMNS[series.metric];
  if (!kept) return [];
  const tags = Object.fromEntries(Object.entries(series.tags).filter(([tag]) => kept.includes(tag)));
  return [{ ...series, tags }];
}

function errorsByKind(tallies: readonly Tally[]): Windows['errorsByKind'] {
  const sums = tallies.map((tally) => tally.sumsBy(METRICS.unexpectedResponses, 'kind'));
  const kinds = ERROR_KINDS.filter((kind) => sums.some((one) => one[kind]));
  return byName(kinds, (kind) => sums.map((one) => one[kind] ?? 0));
}

const byName = <Figures>(names: readonly string[], of: (name: string) => Figures): Record<string, Figures> =>
  Object.fromEntries(names.map((name) => [name, of(name)]));

const orNull = (value: number) => (Number.isNaN(value) ? null : value);
const counts = (histograms: readonly Histogram[]) => histograms.map(({ count }) => count);
const means = (histograms: readonly Histogram[]) => histograms.map(({ sum, count }) => orNull(sum / count));
const quantiles = (histograms: readonly Histogram[], q: number) =>
  histograms.map((one) => orNull(quantile(one, q)));
