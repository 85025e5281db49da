import type { Criterion } from '../core/criteria.ts';
import { ERROR_KINDS } from '../core/errors.ts';
import { METRICS } from '../core/metrics.ts';
import type { TestPlan } from '../core/plan.ts';

type Thresholds = Record<string, string[]>;

/** Statuses that a summary can tell of unexpected answers; telemetry tells every other one too. */
export const FAMILIAR_STATUSES = [
  200, 201, 202, 204, 301, 302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504,
];

const tagged = (metric: string, tags: Record<string, string | number>) =>
  `${metric}{${Object.entries(tags)
    .map(([key, value]) => `${key}:${value}`)
    .join(',')}}`;

/** Name of the sub-metric that holds one part of a metric: what the summary reads back. */
export const subMetric = {
  endpointDuration: (name: string) => tagged(METRICS.requestDuration, { name }),
  endpointErrors: (name: string) => tagged(METRICS.unexpectedAnswers, { name }),
  phaseDuration: (phase: string) => tagged(METRICS.requestDuration, { phase }),
  phaseErrors: (phase: string) => tagged(METRICS.unexpectedAnswers, { phase }),
  phaseChecks: (phase: string) => tagged(METRICS.checks, { phase }),
  endpointStatus: (name: string, status: number) => tagged(METRICS.requests, { name, status }),
  errorStatus: (name: string, code: number) => tagged(METRICS.unexpectedAnswers, { name, code }),
  errorKind: (kind: string) => tagged(METRICS.unexpectedAnswers, { kind }),
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
    ...plan.endpoints.flatMap(({ name, toleratedStatuses = [] }) => [
      [subMetric.endpointDuration(name), [trend]],
      [subMetric.endpointErrors(name), [counter]],
      ...FAMILIAR_STATUSES.map((status) => [subMetric.errorStatus(name, status), [counter]]),
      ...toleratedStatuses.map((status) => [subMetric.endpointStatus(name, status), [counter]]),
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
function judged({ measure, limit, phases }: Criterion): [metric: string, expression: string][] {
  switch (measure.kind) {
    case 'request-percentile': {
      const expression = `p(${measure.q * 100})<${limit}`;
      return phases
        ? phases.map((phase) => [subMetric.phaseDuration(phase), expression])
        : [[METRICS.requestDuration, expression]];
    }
    case 'error-rate':
      return phases
        ? phases.map((phase) => [subMetric.phaseChecks(phase), `rate>${1 - limit}`])
        : [[METRICS.checks, `rate>${1 - limit}`]];
    case 'error-count':
      return [[subMetric.errorKind(measure.errorKind), `count<=${limit}`]];
    case 'failed-checks':
      return [[METRICS.checks, 'rate>=1']];
    case 'contract-violations':
      return [[METRICS.contractsHold, 'rate>=1']];
    case 'flow-mean':
      return [[subMetric.flow(measure.flow), `avg<${limit}`]];
    case 'flow-percentile':
      return [[subMetric.flow(measure.flow), `p(${measure.q * 100})<${limit}`]];
    default:
      return [];
  }
}

export function thresholds(plan: TestPlan): Thresholds {
  const all = observed(plan);
  for (const [metric, expression] of plan.criteria.flatMap(judged)) {
    const others = (all[metric] ?? []).filter((known) => !Object.values(ALWAYS).includes(known));
    all[metric] = [...others, expression];
  }
  return all;
}
