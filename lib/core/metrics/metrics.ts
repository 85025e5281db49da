/** Names that the k6 side writes and the runner reads: each is written once, here. */

export const METRICS = {
  requests: 'http_reqs',
  requestDuration: 'http_req_duration',
  iterations: 'iterations',
  droppedIterations: 'dropped_iterations',
  vus: 'vus',
  dataReceived: 'data_received',
  dataSent: 'data_sent',
  /** Counter of answers that were not as expected; tags name, kind, code, reason. */
  unexpectedResponses: 'unexpected_answers',
  /** Counter of answers by which the target refused as it should; tags name, status. */
  designedRefusals: 'designed_refusals',
  /** Counter of right answers that said of themselves to be degraded; tag name. */
  degradedResponses: 'degraded_answers',
  /** Trend in ms of how long after the instant of a burst a VU began; by phase. */
  burstOffset: 'burst_offset',
  /** Rate of sampled responses that keep their contract; tag name. */
  contractsHold: 'contracts_hold',
  /** Trend in ms of a step of a flow; tags flow, step, outcome, reason. */
  stepDuration: 'step_duration',
  /** Trend in ms of a whole flow; tags flow, outcome, reason. */
  flowDuration: 'flow_duration',
} as const;

export type StepOutcome = 'ok' | 'failed';

/**
 * The system tags that every test keeps: each costs every sample, of which a request makes a dozen. The route template
 * is in `name`, so `url` and `method` say nothing more.
 */
export const SYSTEM_TAGS = ['name', 'status', 'error_code'] as const;

/** The statistics of a trend, as k6 names them, beside the names that results use. */
export const TREND_STATS = {
  count: 'count',
  min: 'min',
  mean: 'avg',
  p10: 'p(10)',
  p25: 'p(25)',
  p50: 'p(50)',
  p75: 'p(75)',
  p90: 'p(90)',
  p95: 'p(95)',
  p99: 'p(99)',
  p999: 'p(99.9)',
  max: 'max',
} as const;

export type TrendStats = Record<keyof typeof TREND_STATS, number>;

/** The percentiles among them, as fractions. */
export const PERCENTILES = {
  p10: 0.1,
  p25: 0.25,
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
} as const;
