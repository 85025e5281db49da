import { COMMON_STATUSES, subMetric, type TestPlan } from '../definition/index.ts';
import { ERROR_KINDS, METRICS, TREND_STATS, type TrendStats } from '../metrics/index.ts';
import { sum } from '../numbers/index.ts';
import { SUMMARY_VERSION, type Summary } from './summary.ts';

/** The data that k6 passes to `handleSummary`, as far as a summary needs it. */
export interface SummaryData {
  state: { testRunDurationMs: number };
  metrics: Record<string, { values: Record<string, number> } | undefined>;
}

/**
 * The summary of a run. Copies field by field, because k6's data also contains the return value of `setup`, which may
 * include a token.
 */
export function summaryFromK6(plan: TestPlan, { state, metrics }: SummaryData): Summary {
  const value = (metric: string, key: string) => metrics[metric]?.values[key] ?? 0;
  const count = (metric: string) => value(metric, 'count');
  const brokenContracts = value(METRICS.contractsHold, 'fails');
  const trend = (metric: string) =>
    Object.fromEntries(
      Object.entries(TREND_STATS).map(([name, k6Name]) => [name, value(metric, k6Name)]),
    ) as TrendStats;
  const counts = (keys: readonly string[], metricOf: (key: string) => string) =>
    Object.fromEntries(keys.map((key) => [key, count(metricOf(key))]).filter(([, times]) => times !== 0));

  return {
    schemaVersion: SUMMARY_VERSION,
    product: plan.product,
    test: plan.test,
    durationMs: state.testRunDurationMs,
    requests: count(METRICS.requests) - sum(plan.endpoints.map((endpoint) => hopCount(endpoint, count))),
    errors: count(METRICS.unexpectedResponses),
    requestDurationMs: trend(METRICS.requestDuration),
    responseTimeMs: trend(METRICS.responseTime),
    iterations: count(METRICS.iterations),
    droppedIterations: count(METRICS.droppedIterations),
    vusMax: value(METRICS.vus, 'max'),
    receivedBytes: count(METRICS.dataReceived),
    sentBytes: count(METRICS.dataSent),
    endpoints: plan.endpoints.map(({ name }) => ({
      name,
      errors: count(subMetric.endpointErrors(name)),
      responseTimeMs: trend(subMetric.endpointResponseTime(name)),
    })),
    phases: plan.workload.phases.map(({ name }) => ({
      name,
      errors: count(subMetric.phaseErrors(name)),
      responseTimeMs: trend(subMetric.phaseResponseTime(name)),
    })),
    flows: plan.flows.map(({ name, steps }) => ({
      name,
      iterations: count(subMetric.flow(name)),
      succeeded: count(subMetric.flowOk(name)),
      durationMs: trend(subMetric.flow(name)),
      steps: steps.map((step) => ({
        name: step,
        succeeded: count(subMetric.stepOk(name, step)),
        durationMs: trend(subMetric.step(name, step)),
      })),
    })),
    statuses: statusCounts(plan, count),
    errorKinds: counts(ERROR_KINDS, subMetric.errorKind),
    contracts: {
      checked: value(METRICS.contractsHold, 'passes') + brokenContracts,
      broken: brokenContracts,
    },
  };
}

/** Requests that followed redirects of an endpoint. k6 counts them as requests. */
const hopCount = ({ name, redirects }: TestPlan['endpoints'][number], count: (metric: string) => number) =>
  redirects ? count(subMetric.redirectHops(name)) : 0;

/** Requests by status. Requests that are neither errors nor counted under another status had the expected status. */
function statusCounts({ endpoints }: TestPlan, count: (metric: string) => number): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (status: number, times: number) => {
    if (times > 0) counts[status] = (counts[status] ?? 0) + times;
  };
  for (const { name, expectedStatus, toleratedStatuses = [], refusals = [] } of endpoints) {
    const requests = count(subMetric.endpointResponseTime(name));
    const errors = count(subMetric.endpointErrors(name));
    const alsoAccepted = [
      ...toleratedStatuses.map((status) => [status, count(subMetric.endpointStatus(name, status))] as const),
      ...refusals.map((status) => [status, count(subMetric.refusals(name, status))] as const),
    ];
    for (const [status, times] of alsoAccepted) add(status, times);
    add(expectedStatus, requests - errors - sum(alsoAccepted.map(([, times]) => times)));
    for (const status of COMMON_STATUSES) add(status, count(subMetric.errorStatus(name, status)));
  }
  return counts;
}
