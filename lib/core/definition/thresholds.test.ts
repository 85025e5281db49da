import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPlan } from '../testing/evidence.ts';
import {
  contractsHold,
  during,
  errorRateBelow,
  flowMeanBelow,
  flowPercentileBelow,
  forEndpoint,
  forStep,
  meanBelow,
  noFailedCheck,
  noTimeouts,
  nothingLost,
  percentileBelow,
} from './criteria.ts';
import type { Criterion } from './criterion.ts';
import type { TestPlan } from './plan.ts';
import { COMMON_STATUSES, subMetric, thresholdsOf } from './thresholds.ts';

/** Returns the thresholds that the criteria add to the thresholds of a plan without criteria. */
function addedBy(...criteria: Criterion[]): Record<string, string[]> {
  const without = thresholdsOf(testPlan());
  const entries = Object.entries(thresholdsOf(testPlan({ criteria })));
  return Object.fromEntries(entries.filter(([metric, list]) => String(without[metric]) !== String(list)));
}

test('a criterion becomes a threshold if k6 has a metric for it', () => {
  const cases: [criterion: Criterion, metric: string, threshold: string][] = [
    [percentileBelow(0.95, '400ms'), 'response_time', 'p(95)<400'],
    [meanBelow('1s'), 'response_time', 'avg<1000'],
    [errorRateBelow(0.01), 'http_req_failed', 'rate<0.01'],
    [noFailedCheck(), 'unexpected_answers', 'count<=0'],
    [noTimeouts(), 'unexpected_answers{kind:timeout}', 'count<=0'],
    [contractsHold(3), 'contracts_hold', 'rate>=1'],
    [flowMeanBelow('buy', '2s'), 'flow_duration{flow:buy}', 'avg<2000'],
    [flowPercentileBelow('buy', 0.99, '2s'), 'flow_duration{flow:buy}', 'p(99)<2000'],
    [forStep('pay', flowMeanBelow('buy', '2s')), 'step_duration{flow:buy,step:pay}', 'avg<2000'],
    [forEndpoint('GET /x', meanBelow('1s')), 'response_time{name:GET /x}', 'avg<1000'],
    [during(['hold'], meanBelow('1s')), 'response_time{phase:hold}', 'avg<1000'],
  ];
  for (const [criterion, metric, threshold] of cases)
    assert.deepEqual(addedBy(criterion), { [metric]: [threshold] }, criterion.title);
});

test('a criterion on several phases becomes one threshold for each phase', () => {
  assert.deepEqual(addedBy(during(['a', 'b'], forEndpoint('GET /x', percentileBelow(0.95, '1s')))), {
    'response_time{name:GET /x,phase:a}': ['p(95)<1000'],
    'response_time{name:GET /x,phase:b}': ['p(95)<1000'],
  });
});

test('two criteria on the same metric become two thresholds', () => {
  assert.deepEqual(addedBy(meanBelow('1s'), percentileBelow(0.95, '2s')), {
    response_time: ['avg<1000', 'p(95)<2000'],
  });
});

test('a criterion for which k6 has no metric does not add a threshold', () => {
  assert.deepEqual(addedBy(nothingLost()), {});
});

test('the k6 options have an always-passing threshold for each sub-metric that the summary reads', () => {
  const plan: TestPlan = testPlan({
    endpoints: [{ name: 'GET /x', expectedStatus: 200, toleratedStatuses: [404], refusals: [429] }],
    flows: [{ name: 'buy', steps: ['pay'] }],
  });
  const thresholds = thresholdsOf(plan);
  const trends = [
    subMetric.endpointResponseTime('GET /x'),
    subMetric.phaseResponseTime('hold'),
    subMetric.flow('buy'),
    subMetric.flowOk('buy'),
    subMetric.step('buy', 'pay'),
    subMetric.stepOk('buy', 'pay'),
  ];
  const counters = [
    subMetric.endpointErrors('GET /x'),
    ...COMMON_STATUSES.map((status) => subMetric.errorStatus('GET /x', status)),
    subMetric.endpointStatus('GET /x', 404),
    subMetric.refusals('GET /x', 429),
    subMetric.phaseErrors('hold'),
    subMetric.errorKind('timeout'),
  ];
  for (const metric of trends) assert.deepEqual(thresholds[metric], ['max>=0'], metric);
  for (const metric of counters) assert.deepEqual(thresholds[metric], ['count>=0'], metric);
});
