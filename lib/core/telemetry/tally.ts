import { METRICS } from '../metrics/index.ts';
import { emptyHistogram, type Histogram, mergeHistograms } from '../numbers/index.ts';
import type { MetricSeries, Tags } from './windows.ts';

/** As many sets of tags of one metric are kept apart as k6 does within a window; the rest loses its tags. */
export const MAX_TAG_SETS = 2000;

/** A gauge has no sum: its highest value stands for it. */
const GAUGES: ReadonlySet<string> = new Set([METRICS.vus]);

/** Series added up by metric and set of tags: its size follows how many sets there are, not how long a run is. */
export class Tally {
  readonly #byMetric = new Map<string, Map<string, MetricSeries>>();
  /** There were more sets of tags than are kept apart. */
  overflowed = false;

  add(series: Iterable<MetricSeries>): void {
    for (const one of series) this.#addOne(one);
  }

  series(): MetricSeries[] {
    return [...this.#byMetric.values()].flatMap((byTags) => [...byTags.values()]);
  }

  #addOne(one: MetricSeries): void {
    const byTags = this.#ofMetric(one.metric);
    const key = keyOf(one.tags);
    const known = byTags.get(key);
    if (known) mergeInto(known, one);
    else if (byTags.size < MAX_TAG_SETS || key === NO_TAGS) byTags.set(key, { ...one });
    else {
      this.overflowed = true;
      this.#addOne({ ...one, tags: {} });
    }
  }

  #ofMetric(metric: string): Map<string, MetricSeries> {
    let byTags = this.#byMetric.get(metric);
    if (!byTags) {
      byTags = new Map();
      this.#byMetric.set(metric, byTags);
    }
    return byTags;
  }

  /** What has these tags, and any others besides. */
  matching(metric: string, tags: Tags): readonly MetricSeries[] {
    const wanted = Object.entries(tags);
    return [...(this.#byMetric.get(metric)?.values() ?? [])].filter((one) =>
      wanted.every(([key, value]) => one.tags[key] === value),
    );
  }

  sum(metric: string, tags: Tags = {}): number {
    return this.matching(metric, tags).reduce((sum, { value = 0 }) => sum + value, 0);
  }

  max(metric: string): number | null {
    const all = this.matching(metric, {});
    return all.length === 0 ? null : all.reduce((highest, { value = 0 }) => Math.max(highest, value), 0);
  }

  /** Without series that lack the tag: those that overflowed have lost theirs. */
  sumsBy(metric: string, tag: string, wanted: Tags = {}): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { tags, value = 0 } of this.matching(metric, wanted)) {
      const key = tags[tag];
      if (key !== undefined) sums[key] = (sums[key] ?? 0) + value;
    }
    return sums;
  }

  /** Sums for each set of values of these tags. */
  groups(metric: string, keys: readonly string[]): { tags: Tags; sum: number }[] {
    const groups = new Map<string, { tags: Tags; sum: number }>();
    for (const { tags, value = 0 } of this.matching(metric, {})) {
      const id = JSON.stringify(keys.map((key) => tags[key] ?? ''));
      const group = groups.get(id);
      if (group) group.sum += value;
      else groups.set(id, { tags, sum: value });
    }
    return [...groups.values()];
  }

  durations(metric: string, tags: Tags = {}): Histogram {
    return this.matching(metric, tags).reduce(
      (merged, { histogram }) => (histogram ? mergeHistograms(merged, histogram) : merged),
      emptyHistogram(),
    );
  }
}

function mergeInto(known: MetricSeries, { metric, value, histogram }: MetricSeries): void {
  if (value !== undefined)
    known.value = GAUGES.has(metric) ? Math.max(known.value ?? 0, value) : (known.value ?? 0) + value;
  if (histogram) known.histogram = known.histogram ? mergeHistograms(known.histogram, histogram) : histogram;
}

/** The same for the same tags, in whatever order they came. */
const keyOf = (tags: Tags): string =>
  JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
const NO_TAGS = keyOf({});
