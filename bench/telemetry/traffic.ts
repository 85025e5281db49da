/**
 * Generates telemetry exports like those of k6 2.2 in a long test with 1,000 requests/s. The exports contain every
 * metric for a mix of requests and a flow, in three phases, with errors in some windows. Random durations have a fixed
 * seed, so the exports are the same in every run.
 */
import { windowLengthMs } from '../../cli/telemetry/k6-settings.ts';
import { encodeExport, exponential, gauge, pointOf, sum } from '../../cli/testing/telemetry.ts';
import {
  errorRateBelow,
  FULL_SCALE,
  flowSuccessAbove,
  type K6Scenario,
  percentileBelow,
  rampingVUs,
  type TestPlan,
} from '../../lib/core/definition/index.ts';
import { METRICS } from '../../lib/core/metrics/index.ts';
import { histogramOf, type Random, seededRandom } from '../../lib/core/numbers/index.ts';
import { RATE_CONDITION, type Tags } from '../../lib/core/telemetry/index.ts';
import { testPlan } from '../../lib/core/testing/evidence.ts';

export const WINDOW_MS = windowLengthMs(1);
/** Start time of the first window. */
const START_MS = Date.UTC(2025, 0, 18, 14, 30);

/** The number of requests per window to one endpoint, and the status of the responses. */
export type EndpointTraffic = readonly [name: string, status: string, requestsPerWindow: number];

/** The traffic to all endpoints, which is 1,000 requests per second in total. */
const ENDPOINTS: readonly EndpointTraffic[] = [
  ['GET /admin/bookings/:id', '200', 1500],
  ['GET /admin/messages/:id', '200', 1150],
  ['GET /admin/stats/:id', '200', 1000],
  ['GET /admin/ai/analytics/:id', '200', 500],
  ['POST /admin/bookings/:id', '201', 500],
  ['POST /webhook/whatsapp', '202', 300],
  ['POST /webhook/whatsapp (wrong signature)', '401', 50],
];
const FLOW = 'booking';
const STEPS = ['receive', 'validate', 'enqueue', 'understand', 'book', 'confirm', 'retrieve'];
const JOURNEYS = 50;
const VUS = 1000;

/** Number of windows per window with failures. */
const WINDOWS_PER_FAILURE = 12;
const FAILURES: readonly { tags: Tags; kind: string; code: string; requests: number }[] = [
  { tags: { status: '503' }, kind: 'server-error', code: '503', requests: 40 },
  { tags: { status: '0', error_code: '1050' }, kind: 'timeout', code: '1050', requests: 5 },
];

/**
 * Median in ms of each duration that k6 measures per request. The time to connect is 0 ms, because k6 reuses
 * connections.
 */
const REQUEST_TRENDS: Record<string, number> = {
  [METRICS.responseTime]: 80,
  [METRICS.requestDuration]: 80,
  http_req_blocked: 0.003,
  http_req_connecting: 0,
  http_req_tls_handshaking: 0,
  http_req_sending: 0.02,
  http_req_waiting: 79,
  http_req_receiving: 0.05,
};

/** A simulated generator, and the delay of its start after the start of the first generator. */
export interface Sender {
  generator?: string;
  laterMs?: number;
}

export interface TelemetryExport {
  body: Uint8Array;
  requests: number;
  errors: number;
}

/** Returns the plan of a test that sends traffic to the endpoints for the given number of windows. */
export function planOf(windows: number, endpoints: readonly EndpointTraffic[] = ENDPOINTS): TestPlan {
  const seconds = (count: number) => `${(count * WINDOW_MS) / 1000}s`;
  const edge = Math.ceil(windows / 100);
  const workload = rampingVUs([
    { phase: 'ramp-up', duration: seconds(edge), target: VUS },
    { phase: 'hold', duration: seconds(windows - 2 * edge), target: VUS },
    { phase: 'ramp-down', duration: seconds(edge), target: 0 },
  ])(FULL_SCALE);
  const load = workload.scenarios.load as K6Scenario;
  return testPlan({
    workload: { ...workload, scenarios: { load, journeys: load } },
    endpoints: endpoints.map(([name, status]) => ({ name, expectedStatus: Number(status) })),
    flows: [{ name: FLOW, steps: STEPS }],
    criteria: [percentileBelow(0.95, '400ms'), errorRateBelow(0.01), flowSuccessAbove(FLOW, 0.95)],
  });
}

/** Yields one export per window and generator, in order of time. */
export function* exportsOf(
  { workload }: TestPlan,
  {
    senders = [{}],
    endpoints = ENDPOINTS,
  }: { senders?: readonly Sender[]; endpoints?: readonly EndpointTraffic[] } = {},
): Generator<TelemetryExport> {
  const random = seededRandom(1);
  const normalSources = normalTraffic(endpoints, random);
  const sourcesWithFailures = [...normalSources, ...failingTraffic(endpoints, random)];
  for (let i = 0; i * WINDOW_MS < workload.durationMs; i++) {
    const fromMs = i * WINDOW_MS;
    const sources = i % WINDOWS_PER_FAILURE === 0 ? sourcesWithFailures : normalSources;
    const phase = workload.phases.find(({ endMs }) => fromMs < endMs)?.name ?? '';
    for (const { generator, laterMs = 0 } of senders)
      yield {
        body: encodeExport(metricsOf(sources, phase, START_MS + fromMs + laterMs, random), generator),
        requests: totalOf(sources, METRICS.requests),
        errors: totalOf(sources, METRICS.unexpectedResponses),
      };
  }
}

/** One metric series: its tags without the phase, and prepared values from which each window picks one. */
interface Source {
  metric: string;
  type: typeof sum;
  tags: Tags;
  contents: readonly object[];
  /** Number of values per window; for a counter, the amount that each window adds. */
  count: number;
}

const counterSource = (metric: string, count: number, tags: Tags): Source => ({
  metric,
  type: sum,
  tags,
  contents: [{ asDouble: count }],
  count,
});

const rateSource = (metric: string, condition: string, count: number, tags: Tags): Source =>
  counterSource(`${metric}.total`, count, { ...tags, [RATE_CONDITION.tag]: condition });

const gaugeSource = (metric: string, value: number): Source => ({ ...counterSource(metric, value, {}), type: gauge });

/** Number of prepared histograms per series. Each window reuses one of them, because creating a histogram is slow. */
const HISTOGRAMS_PER_SERIES = 16;
const LOG_DEVIATION = 0.4;
const HISTOGRAM_SCALE = 10;

const trendSource = (metric: string, medianMs: number, count: number, tags: Tags, random: Random): Source => ({
  metric,
  type: exponential,
  tags,
  count,
  contents: Array.from({ length: HISTOGRAMS_PER_SERIES }, () => {
    const values = Array.from({ length: count }, () => medianMs * Math.exp(LOG_DEVIATION * standardNormal(random)));
    const { offset, counts, ...rest } = histogramOf(values, HISTOGRAM_SCALE);
    return { ...rest, positive: { offset, bucketCounts: counts }, negative: {} };
  }),
});

const standardNormal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function requestSources(name: string, count: number, responseTags: Tags, random: Random): Source[] {
  const tags = { name, scenario: 'load', ...responseTags };
  return [
    counterSource(METRICS.requests, count, tags),
    ...Object.entries(REQUEST_TRENDS).map(([metric, ms]) => trendSource(metric, ms, count, tags, random)),
    rateSource('http_req_failed', RATE_CONDITION.failed, count, tags),
  ];
}

function normalTraffic(endpoints: readonly EndpointTraffic[], random: Random): Source[] {
  const load = { scenario: 'load' };
  const journeys = { scenario: 'journeys', flow: FLOW, outcome: 'ok' };
  return [
    ...endpoints.flatMap(([name, status, requests]) => [
      ...requestSources(name, requests, { status }, random),
      rateSource(METRICS.contractsHold, RATE_CONDITION.held, requests / 50, { ...load, name }),
    ]),
    ...STEPS.map((step) => trendSource(METRICS.stepDuration, 50, JOURNEYS, { ...journeys, step }, random)),
    trendSource(METRICS.flowDuration, 400, JOURNEYS, journeys, random),
    ...[load, { scenario: 'journeys' }].flatMap((tags) => [
      counterSource(METRICS.iterations, JOURNEYS, tags),
      counterSource(METRICS.dataSent, 1e6, tags),
      counterSource(METRICS.dataReceived, 6e6, tags),
      trendSource('iteration_duration', 2000, JOURNEYS, tags, random),
    ]),
    gaugeSource(METRICS.vus, VUS),
    gaugeSource('vus_max', VUS),
  ];
}

function failingTraffic([first]: readonly EndpointTraffic[], random: Random): Source[] {
  const [name] = first as EndpointTraffic;
  const journeys = { scenario: 'journeys', flow: FLOW, outcome: 'failed' };
  return [
    ...FAILURES.flatMap(({ tags, kind, code, requests }) => [
      ...requestSources(name, requests, tags, random),
      counterSource(METRICS.unexpectedResponses, requests, { scenario: 'load', name, kind, code, reason: kind }),
    ]),
    trendSource(METRICS.stepDuration, 800, 2, { ...journeys, step: 'book', reason: 'status 503' }, random),
    trendSource(METRICS.flowDuration, 900, 2, { ...journeys, reason: 'book: status 503' }, random),
  ];
}

const totalOf = (sources: readonly Source[], name: string): number =>
  sources.reduce((total, { metric, count }) => total + (metric === name ? count : 0), 0);

function metricsOf(sources: readonly Source[], phase: string, fromMs: number, random: Random): object[] {
  const period = { fromMs, toMs: fromMs + WINDOW_MS };
  return [...Map.groupBy(sources, ({ metric }) => metric)].map(([metric, metricSources]) =>
    (metricSources[0] as Source).type(
      metric,
      ...metricSources.map(({ type, tags, contents }) => ({
        ...pointOf(type === gauge ? tags : { ...tags, phase }, period),
        ...contents[Math.floor(random() * contents.length)],
      })),
    ),
  );
}

/** Returns the number of series in an export of a window without failures. */
export const seriesPerExport = (endpoints: readonly EndpointTraffic[]): number =>
  normalTraffic(endpoints, seededRandom(1)).length;
