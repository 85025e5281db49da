import { FAMILIAR_STATUSES, subMetric, type TestPlan } from '../definition/index.ts';
import { ERROR_KINDS, METRICS, TREND_STATS, type TrendStats } from '../metrics/index.ts';
import { SUMMARY_VERSION, type Summary } from './summary.ts';

/** The part of what k6 passes to `handleSummary` that a summary is made from. */
export interface SummaryData {
  state: { testRunDurationMs: number };
  metrics: Record<string, { values: Record<string, number> } | undefined>;
}

/** The figures of a run, field by field: k6's own data also holds what `setup` returned, which may be a token. */
export function summaryOf(plan: TestPlan, { state, metrics }: SummaryData): Summary {
  const value = (metric: string, key: string) => metrics[metric]?.values[key] ?? 0;
  const failures = (metric: string) => value(metric, 'fails');
  const trend = (metric: string) =>
    Object.fromEntries(
      Object.entries(TREND_STATS).map(([name, k6Name]) => [name, value(metric, k6Name)]),
    ) as TrendStats;
  const counts = (keys: readonly string[], metricOf: (key: string) => string) =>
    Object.fromEntries(
      keys.map((key) => [key, value(metricOf(key), 'count')]).filter(([, count]) => count !== 0),
    );

  return {
    schemaVersion: SUMMARY_VERSION,
    product: plan.product,
    test: plan.test,
    durationMs: state.testRunDurationMs,
    requests: value(METRICS.requests, 'count'),
    errors: value(METRICS.unexpectedAnswers, 'count'),
    requestDurationMs: trend(METRICS.requestDuration),
    iterations: value(METRICS.iterations, 'count'),
    droppedIterations: value(METRICS.droppedIterations, 'count'),
    vusMax: value(METRICS.vus, 'max'),
    receivedBytes: value(METRICS.dataReceived, 'count'),
    sentBytes: value(METRICS.dataSent, 'count'),
    endpoints: plan.endpoints.map(({ name }) => ({
      name,
      errors: value(subMetric.endpointErrors(name), 'count'),
      durationMs: trend(subMetric.endpointDuration(name)),
    })),
    phases: plan.workload.phases.map(({ name }) => ({
      name,
      errors: value(subMetric.phaseErrors(name), 'count'),
      durationMs: trend(subMetric.phaseDuration(name)),
    })),
    flows: plan.flows.map(({ name, steps }) => ({
      name,
      iterations: value(subMetric.flow(name), 'count'),
      succeeded: value(subMetric.flowOk(name), 'count'),
      durationMs: trend(subMetric.flow(name)),
      steps: steps.map((step) => ({
        name: step,
        succeeded: value(subMetric.stepOk(name, step), 'count'),
        durationMs: trend(subMetric.step(name, step)),
      })),
    })),
    statuses: statusCounts(plan, value),
    errorKinds: counts(ERROR_KINDS, subMetric.errorKind),
    contracts: {
      checked: value(METRICS.contractsHold, 'passes') + failures(METRICS.contractsHold),
      broken: failures(METRICS.contractsHold),
    },
  };
}

/** Requests by status: what was not unexpected came with the expected status. */
function statusCounts(
  { endpoints }: TestPlan,
  value: (metric: string, key: string) => number,
): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (status: number, count: number) => {
    if (count > 0) counts[status] = (counts[status] ?? 0) + count;
  };
  for (const { name, expectedStatus, toleratedStatuses = [], refusals = [] } of endpoints) {
    const requests = value(subMetric.endpointDuration(name), 'count');
    const errors = value(subMetric.endpointErrors(name), 'count');
    const others = [
      ...toleratedStatuses.map((status) => [status, subMetric.endpointStatus(name, status)] as const),
      ...refusals.map((status) => [status, subMetric.refusals(name, status)] as const),
    ].map(([status, metric]) => ({ status, count: value(metric, 'count') }));
    for (const { status, count } of others) add(status, count);
    add(expectedStatus, requests - errors - others.reduce((sum, { count }) => sum + count, 0));
    for (const status of FAMILIAR_STATUSES) add(status, value(subMetric.errorStatus(name, status), 'count'));
  }
  return counts;
}
