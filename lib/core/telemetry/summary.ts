import type { ErrorKind, TrendStats } from '../metrics/index.ts';

export const SUMMARY_VERSION = 1;

/** What k6 alone knows at the end of a run: exact percentiles and counts. Durations in ms. */
export interface Summary {
  schemaVersion: typeof SUMMARY_VERSION;
  product: string;
  test: string;
  durationMs: number;
  requests: number;
  /** Answers that were not as expected, and requests without one. */
  errors: number;
  requestDurationMs: TrendStats;
  iterations: number;
  droppedIterations: number;
  vusMax: number;
  receivedBytes: number;
  sentBytes: number;
  endpoints: RequestSummary[];
  phases: RequestSummary[];
  flows: FlowSummary[];
  /** By status, without those that never came. */
  statuses: Record<string, number>;
  errorKinds: Partial<Record<ErrorKind, number>>;
  contracts: { checked: number; broken: number };
}

export interface RequestSummary {
  name: string;
  errors: number;
  durationMs: TrendStats;
}

export interface FlowSummary extends StepSummary {
  iterations: number;
  steps: StepSummary[];
}

export interface StepSummary {
  name: string;
  succeeded: number;
  durationMs: TrendStats;
}
