import { ERROR_KINDS, hopName, METRICS } from '../metrics/index.ts';
import type { Criterion, CriterionScope } from './criterion.ts';
import type { TestPlan } from './plan.ts';

type Thresholds = Record<string, string[]>;

/** Statuses of unexpected responses that the k6 summary counts separately. The telemetry counts every status. */
export const COMMON_STATUSES = [200, 201, 202, 204, 301, 302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504];

const tagged = (metric: string, tags: Record<string, string | number>) =>
  `${metric}{${Object.entries(tags)
    .map(([key, value]) => `${key}:${value}`)
    .join(',')}}`;

/** Names of k6 sub-metrics: the part of a metric with certain tags. The summary reads their values. */
export const subMetric = {
  endpointResponseTime: (name: string) => tagged(METRICS.responseTime, { name }),
  endpointErrors: (name: string) => tagged(METRICS.unexpectedResponses, { name }),
  phaseResponseTime: (phase: string) => tagged(METRICS.responseTime, { phase }),
  phaseErrors: (phase: string) => tagged(METRICS.unexpectedResponses, { phase }),
  endpointStatus: (name: string, status: number) => tagged(METRICS.requests, { name, status }),
  errorStatus: (name: string, code: number) => tagged(METRICS.unexpectedResponses, { name, code }),
  redirectHops: (name: string) => tagged(METRICS.requests, { name: hopName(name) }),
  refusals: (name: string, status: number) => tagged(METRICS.designedRefusals, { name, status }),
  errorKind: (kind: string, name?: string) =>
    tagged(METRICS.unexpectedResponses, name === undefined ? { kind } : { name, kind }),
  step: (flow: string, step: string) => tagged(METRICS.stepDuration, { flow, step }),
  stepOk: (flow: string, step: string) => tagged(METRICS.stepDuration, { flow, step, outcome: 'ok' }),
  flow: (flow: string) => tagged(METRICS.flowDuration, { flow }),
  flowOk: (flow: string) => tagged(METRICS.flowDuration, { flow, outcome: 'ok' }),
};

/**
 * k6 keeps a sub-metric only if a threshold names it. These thresholds always pass. They only make k6 keep the data.
 */
const ALWAYS_PASSES = { trend: 'max>=0', counter: 'count>=0' };

/**
 * Thresholds that always pass, one for each sub-metric that the summary reads. Every sub-metric of a trend slows down
 * every request, so only response times use such sub-metrics. Errors have a separate metric.
 */
function observationThresholds(plan: TestPlan): Thresholds {
  const { trend, counter } = ALWAYS_PASSES;
  return Object.fromEntries([
    ...plan.endpoints.flatMap(({ name, toleratedStatuses = [], refusals = [], redirects }) => [
      [subMetric.endpointResponseTime(name), [trend]],
      [subMetric.endpointErrors(name), [counter]],
      ...(redirects ? [[subMetric.redirectHops(name), [counter]]] : []),
      ...COMMON_STATUSES.map((status) => [subMetric.errorStatus(name, status), [counter]]),
      ...toleratedStatuses.map((status) => [subMetric.endpointStatus(name, status), [counter]]),
      ...refusals.map((status) => [subMetric.refusals(name, status), [counter]]),
    ]),
    ...plan.workload.phases.flatMap(({ name }) => [
      [subMetric.phaseResponseTime(name), [trend]],
      [subMetric.phaseErrors(name), [counter]],
    ]),
    ...ERROR_KINDS.map((kind) => [subMetric.errorKind(kind), [counter]]),
    ...plan.flows.flatMap(({ name, steps }) => [
      [subMetric.flow(name), [trend]],
      [subMetric.flowOk(name), [trend]],
      ...steps.flatMap((step) => [
        [subMetric.step(name, step), [trend]],
        [subMetric.stepOk(name, step), [trend]],
      ]),
    ]),
  ]);
}

/**
 * The thresholds by which k6 itself judges a criterion, so that a run started by hand fails with k6's exit code 99.
 * k6 has neither confidence intervals nor sample counts, so the verdict of the runner takes precedence.
 */
function criterionThresholds(criterion: Criterion): [metric: string, expression: string][] {
  const { measure, limit, endpoint, step } = criterion;
  switch (measure.kind) {
    case 'request-percentile':
      return scopedThresholds(METRICS.responseTime, criterion, `p(${measure.q * 100})<${limit}`);
    case 'request-mean':
      return scopedThresholds(METRICS.responseTime, criterion, `avg<${limit}`);
    case 'error-rate':
      return scopedThresholds(FAILED_REQUESTS, criterion, `rate<${limit}`);
    case 'failed-checks':
      return scopedThresholds(METRICS.unexpectedResponses, criterion, 'count<=0');
    case 'error-count':
      return [[subMetric.errorKind(measure.errorKind, endpoint), `count<=${limit}`]];
    case 'contract-violations':
      return [[METRICS.contractsHold, 'rate>=1']];
    case 'flow-mean':
      return [[flowDuration(measure.flow, step), `avg<${limit}`]];
    case 'flow-percentile':
      return [[flowDuration(measure.flow, step), `p(${measure.q * 100})<${limit}`]];
    default:
      return [];
  }
}

/**
 * Applies a threshold to each sub-metric in the scope of a criterion, or to the whole metric if the criterion has no
 * scope.
 */
function scopedThresholds(
  metric: string,
  { endpoint, phases }: Pick<CriterionScope, 'endpoint' | 'phases'>,
  expression: string,
): [metric: string, expression: string][] {
  const name: Record<string, string> = endpoint === undefined ? {} : { name: endpoint };
  if (phases) return phases.map((phase) => [tagged(metric, { ...name, phase }), expression]);
  return [[endpoint === undefined ? metric : tagged(metric, name), expression]];
}

/** The k6 metric closest to an error rate. It considers only the status, not the body. */
const FAILED_REQUESTS = 'http_req_failed';

const flowDuration = (flow: string, step: string | undefined) =>
  step === undefined ? subMetric.flow(flow) : subMetric.step(flow, step);

/**
 * Returns the `thresholds` option of k6 for a plan: thresholds that keep data for the summary, and thresholds that
 * judge criteria.
 */
export function thresholdsOf(plan: TestPlan): Thresholds {
  const thresholds = observationThresholds(plan);
  const alwaysPasses = Object.values(ALWAYS_PASSES);
  for (const [metric, expression] of plan.criteria.flatMap(criterionThresholds)) {
    const judging = (thresholds[metric] ?? []).filter((existing) => !alwaysPasses.includes(existing));
    thresholds[metric] = [...judging, expression];
  }
  return thresholds;
}
