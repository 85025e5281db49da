import { ERROR_KINDS, METRICS } from '../metrics/index.ts';
import type { Criterion, CriterionScope } from './criterion.ts';
import type { TestPlan } from './plan.ts';

type Thresholds = Record<string, string[]>;

/** Statuses that a summary can tell of unexpected answers; telemetry tells every other one too. */
export const COMMON_STATUSES = [
  200, 201, 202, 204, 301, 302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504,
];

const tagged = (metric: string, tags: Record<string, string | number>) =>
  `${metric}{${Object.entries(tags)
    .map(([key, value]) => `${key}:${value}`)
    .join(',')}}`;

/** Name of the sub-metric that holds one part of a metric: what the summary reads back. */
export const subMetric = {
  endpointDuration: (name: string) => tagged(METRICS.requestDuration, { name }),
  endpointErrors: (name: string) => tagged(METRICS.unexpectedResponses, { name }),
  phaseDuration: (phase: string) => tagged(METRICS.requestDuration, { phase }),
  phaseErrors: (phase: string) => tagged(METRICS.unexpectedResponses, { phase }),
  endpointStatus: (name: string, status: number) => tagged(METRICS.requests, { name, status }),
  errorStatus: (name: string, code: number) => tagged(METRICS.unexpectedResponses, { name, code }),
  refusals: (name: string, status: number) => tagged(METRICS.designedRefusals, { name, status }),
  errorKind: (kind: string, name?: string) =>
    tagged(METRICS.unexpectedResponses, name === undefined ? { kind } : { name, kind }),
  step: (flow: string, step: string) => tagged(METRICS.stepDuration, { flow, step }),
  stepOk: (flow: string, step: string) => tagged(METRICS.stepDuration, { flow, step, outcome: 'ok' }),
  flow: (flow: string) => tagged(METRICS.flowDuration, { flow }),
  flowOk: (flow: string) => tagged(METRICS.flowDuration, { flow, outcome: 'ok' }),
};

/** k6 keeps a sub-metric only where a threshold names it. These always pass: they ask for data, and judge nothing. */
const ALWAYS = { trend: 'max>=0', counter: 'count>=0' };

/**
 * What the summary needs to see, as thresholds that cannot fail. Each sub-metric of a metric that every request
 * feeds costs every request a comparison: those are the durations alone. Errors are counted by a metric of their own.
 */
function observed(plan: TestPlan): Thresholds {
  const { trend, counter } = ALWAYS;
  return Object.fromEntries([
    ...plan.endpoints.flatMap(({ name, toleratedStatuses = [], refusals = [] }) => [
      [subMetric.endpointDuration(name), [trend]],
      [subMetric.endpointErrors(name), [counter]],
      ...COMMON_STATUSES.map((status) => [subMetric.errorStatus(name, status), [counter]]),
      ...toleratedStatuses.map((status) => [subMetric.endpointStatus(name, status), [counter]]),
      ...refusals.map((status) => [subMetric.refusals(name, status), [counter]]),
    ]),
    ...plan.workload.phases.flatMap(({ name }) => [
      [subMetric.phaseDuration(name), [trend]],
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
 * The criteria that k6 can judge by itself, so that a run started by hand ends with k6's own exit code 99.
 * k6's thresholds know neither intervals nor sample counts: the runner's judgement is the one that counts.
 */
function judged(criterion: Criterion): [metric: string, expression: string][] {
  const { measure, limit, endpoint, step } = criterion;
  switch (measure.kind) {
    case 'request-percentile':
      return onParts(METRICS.requestDuration, criterion, `p(${measure.q * 100})<${limit}`);
    case 'request-mean':
      return onParts(METRICS.requestDuration, criterion, `avg<${limit}`);
    case 'error-rate':
      return onParts(FAILED_REQUESTS, criterion, `rate<${limit}`);
    case 'failed-checks':
      return onParts(METRICS.unexpectedResponses, criterion, 'count<=0');
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

type Place = Pick<CriterionScope, 'endpoint' | 'phases'>;

/** On the sub-metrics in which a metric holds what a criterion is about, or on the whole of it. */
function onParts(
  metric: string,
  { endpoint, phases }: Place,
  expression: string,
): [metric: string, expression: string][] {
  const name: Record<string, string> = endpoint === undefined ? {} : { name: endpoint };
  if (phases) return phases.map((phase) => [tagged(metric, { ...name, phase }), expression]);
  return [[endpoint === undefined ? metric : tagged(metric, name), expression]];
}

/** The nearest that k6 has to an error rate: it sees what status came, and not whether the body was right. */
const FAILED_REQUESTS = 'http_req_failed';

const flowDuration = (flow: string, step: string | undefined) =>
  step === undefined ? subMetric.flow(flow) : subMetric.step(flow, step);

/** What k6 has to observe and to judge in a run of a plan, as its option `thresholds`. */
export function thresholdsOf(plan: TestPlan): Thresholds {
  const all = observed(plan);
  for (const [metric, expression] of plan.criteria.flatMap(judged)) {
    const others = (all[metric] ?? []).filter((known) => !Object.values(ALWAYS).includes(known));
    all[metric] = [...others, expression];
  }
  return all;
}
