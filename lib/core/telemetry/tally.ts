import { METRICS } from '../metrics/index.ts';
import { emptyHistogram, type Histogram, mergeHistograms } from '../numbers/index.ts';
import type { MetricSeries, Tags } from './windows.ts';

/**
 * Maximum number of tag sets per metric, the same as k6's limit within one window. Further series are added up
 * without their tags.
 */
export const MAX_TAG_SETS = 2000;

/** Metrics for which the tally keeps the maximum instead of the sum. */
const GAUGES: ReadonlySet<string> = new Set([METRICS.vus]);

/** Adds up series by metric and tag set. Memory depends on the number of tag sets, not on the length of the run. */
export class Tally {
  readonly #byMetric = new Map<string, Map<string, MetricSeries>>();
  /** Whether a metric had more than MAX_TAG_SETS tag sets. */
  overflowed = false;

  add(allSeries: Iterable<MetricSeries>): void {
    for (const series of allSeries) this.#addSeries(series);
  }

  series(): MetricSeries[] {
    return [...this.#byMetric.values()].flatMap((byTags) => [...byTags.values()]);
  }

  #addSeries(series: MetricSeries): void {
    const byTags = this.#seriesOf(series.metric);
    const key = tagKey(series.tags);
    const existing = byTags.get(key);
    if (existing) mergeInto(existing, series);
    else if (byTags.size < MAX_TAG_SETS || key === NO_TAGS) byTags.set(key, { ...series });
    else {
      this.overflowed = true;
      this.#addSeries({ ...series, tags: {} });
    }
  }

  #seriesOf(metric: string): Map<string, MetricSeries> {
    let byTags = this.#byMetric.get(metric);
    if (!byTags) {
      byTags = new Map();
      this.#byMetric.set(metric, byTags);
    }
    return byTags;
  }

  /** Returns the series of a metric that have all the given tags. They may have other tags as well. */
  matching(metric: string, tags: Tags): readonly MetricSeries[] {
    const wanted = Object.entries(tags);
    return [...(this.#byMetric.get(metric)?.values() ?? [])].filter((series) =>
      wanted.every(([key, value]) => series.tags[key] === value),
    );
  }

  sum(metric: string, tags: Tags = {}): number {
    return this.matching(metric, tags).reduce((sum, { value = 0 }) => sum + value, 0);
  }

  max(metric: string): number | null {
    const all = this.matching(metric, {});
    return all.length === 0 ? null : all.reduce((max, { value = 0 }) => Math.max(max, value), 0);
  }

  /** Returns sums by the value of a tag. Leaves out series without the tag, such as those that overflowed. */
  sumsBy(metric: string, tag: string, wanted: Tags = {}): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { tags, value = 0 } of this.matching(metric, wanted)) {
      const key = tags[tag];
      if (key !== undefined) sums[key] = (sums[key] ?? 0) + value;
    }
    return sums;
  }

  /** Sums for each combination of values of the given tags. */
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

function mergeInto(target: MetricSeries, { metric, value, histogram }: MetricSeries): void {
  if (value !== undefined)
    target.value = GAUGES.has(metric) ? Math.max(target.value ?? 0, value) : (target.value ?? 0) + value;
  if (histogram) target.histogram = target.histogram ? mergeHistograms(target.histogram, histogram) : histogram;
}

/** A key for a tag set that does not depend on the order of the tags. */
const tagKey = (tags: Tags): string => JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
const NO_TAGS = tagKey({});
