import type { ErrorKind, TrendStats } from '../metrics/index.ts';

export const SUMMARY_VERSION = 2;

/** The summary that k6 writes at the end of a run: exact percentiles and counts. Durations are in ms. */
export interface Summary {
  schemaVersion: typeof SUMMARY_VERSION;
  product: string;
  test: string;
  durationMs: number;
  requests: number;
  /** Requests without the expected response, including those without any response. */
  errors: number;
  requestDurationMs: TrendStats;
  responseTimeMs: TrendStats;
  iterations: number;
  droppedIterations: number;
  vusMax: number;
  receivedBytes: number;
  sentBytes: number;
  endpoints: RequestSummary[];
  phases: RequestSummary[];
  flows: FlowSummary[];
  /** Number of requests by status. Statuses that did not occur are left out. */
  statuses: Record<string, number>;
  errorKinds: Partial<Record<ErrorKind, number>>;
  contracts: { checked: number; broken: number };
}

export interface RequestSummary {
  name: string;
  errors: number;
  responseTimeMs: TrendStats;
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
