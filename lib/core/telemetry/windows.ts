import type { Histogram } from '../numbers/index.ts';

export type Tags = Record<string, string>;

/** What one metric saw in one window for one set of tags: a number, or the distribution of many. */
export interface MetricSeries {
  metric: string;
  tags: Tags;
  /** Sum of a counter, number of hits of a rate (by its tag `condition`), or last value of a gauge. */
  value?: number;
  histogram?: Histogram;
}

/** Instants in ms since the epoch. */
export interface TelemetryPeriod {
  startMs: number;
  endMs: number;
}

/** One slice of a run's timeline, as it closed. */
export interface Window extends TelemetryPeriod {
  series: MetricSeries[];
  /** The sender had more sets of tags than it keeps, and threw the rest together: figures by tag are too low. */
  overflowed: boolean;
  /** What each of several generators did in it, by name; absent where there is one. */
  generators?: Record<string, GeneratorWindow>;
}

/** The part that one of several generators has in a window, over the time of its own exports. */
export interface GeneratorWindow extends TelemetryPeriod {
  requests: number;
  iterations: number;
  droppedIterations: number;
  vus: number;
  overflowed: boolean;
  /** Some of it came after the window that it belongs to had closed. */
  late: boolean;
}

/** Tag of a rate: whether what was counted held. */
export const RATE_CONDITION = { tag: 'condition', held: 'nonzero', failed: 'zero' } as const;
