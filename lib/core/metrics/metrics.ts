/** Names of the metrics that tests record in k6 and the runner reads. */
export const METRICS = {
  requests: 'http_reqs',
  requestDuration: 'http_req_duration',
  /** Trend, in ms, of the whole wait for a response, from the call until the body is read; tag: name. */
  responseTime: 'response_time',
  /** Trend, in ms, of the time to open a connection; 0 for a request on an open connection. */
  connecting: 'http_req_connecting',
  iterations: 'iterations',
  droppedIterations: 'dropped_iterations',
  vus: 'vus',
  dataReceived: 'data_received',
  dataSent: 'data_sent',
  /** Counter of requests without the expected response; tags: name, kind, code, reason. */
  unexpectedResponses: 'unexpected_answers',
  /** Counter of responses by which the target refused a request by design; tags: name, status. */
  designedRefusals: 'designed_refusals',
  /** Counter of correct responses that report themselves as degraded; tag: name. */
  degradedResponses: 'degraded_answers',
  /** Trend, in ms, of the delay between the instant of a burst and the start of a VU; tag: phase. */
  burstOffset: 'burst_offset',
  /** Rate of the checked responses that satisfy their contract; tag: name. */
  contractsHold: 'contracts_hold',
  /** Trend, in ms, of the duration of a step; tags: flow, step, outcome, reason. */
  stepDuration: 'step_duration',
  /** Trend, in ms, of the duration of a flow; tags: flow, outcome, reason. */
  flowDuration: 'flow_duration',
} as const;

const HOP_SUFFIX = ' (redirect)';

/** The tag `name` of requests that follow a redirect of an endpoint. They belong to the call that was redirected. */
export const hopName = (endpoint: string): string => endpoint + HOP_SUFFIX;

export const isHopName = (name: string | undefined): boolean => name?.endsWith(HOP_SUFFIX) === true;

export type StepOutcome = 'ok' | 'failed';

/**
 * The k6 system tags that every test keeps. A request records about a dozen samples, and every tag makes each of them
 * more expensive. `name` contains the method and the route template, so `url` and `method` are not needed.
 */
export const SYSTEM_TAGS = ['name', 'status', 'error_code'] as const;

/** The statistics of a trend: their names in results, and k6's names for them. */
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

/** The percentiles among TREND_STATS, as fractions. */
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
