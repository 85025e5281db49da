import type { Histogram } from '../numbers/index.ts';

export type Tags = Record<string, string>;

/** The data of one metric with one tag set in one window: a number or a histogram. */
export interface MetricSeries {
  metric: string;
  tags: Tags;
  /** Sum of a counter, number of values of a rate (true or false, by the tag `condition`), or last value of a gauge. */
  value?: number;
  histogram?: Histogram;
}

/** Start and end of the window, in ms since the epoch. */
export interface TelemetryPeriod {
  startMs: number;
  endMs: number;
}

/** The data of a short period of a run. */
export interface Window extends TelemetryPeriod {
  series: MetricSeries[];
  /** The sender exceeded its limit of tag sets and dropped tags, so figures by tag are too low. */
  overflowed: boolean;
  /** The data of each generator in this window, by name. Absent if there is only one generator. */
  generators?: Record<string, GeneratorWindow>;
}

/**
 * The data of one generator in a window of a run with several generators. Times are those of the generator's own
 * exports.
 */
export interface GeneratorWindow extends TelemetryPeriod {
  requests: number;
  iterations: number;
  droppedIterations: number;
  vus: number;
  overflowed: boolean;
  /** True if this window contains data that arrived after its own window had closed. */
  late: boolean;
}

/**
 * The tag of a rate that distinguishes its true (`held`) from its false (`failed`) values, named by OTLP export of
 * k6.
 */
export const RATE_CONDITION = { tag: 'condition', held: 'nonzero', failed: 'zero' } as const;
