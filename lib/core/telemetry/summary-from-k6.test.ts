import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subMetric } from '../definition/index.ts';
import { testPlan } from '../testing/evidence.ts';
import { summaryFromK6 } from './summary-from-k6.ts';
import { summaryText } from './summary-text.ts';

const plan = testPlan({
  endpoints: [
    { name: 'GET /items/:id', expectedStatus: 200, toleratedStatuses: [404] },
    { name: 'POST /orders', expectedStatus: 201, refusals: [429] },
  ],
  flows: [{ name: 'buy', steps: ['pay'] }],
});

const count = (count: number) => ({ values: { count } });
const trend = (count: number, ms: number) => ({
  values: { count, min: ms, avg: ms, max: ms, 'p(50)': ms, 'p(95)': ms, 'p(99)': ms },
});

const summary = summaryFromK6(plan, {
  state: { testRunDurationMs: 20_000 },
  metrics: {
    http_reqs: count(100),
    http_req_duration: trend(100, 12),
    response_time: trend(100, 12.34),
    unexpected_answers: count(5),
    vus_max: { values: { max: 3 } },
    vus: { values: { max: 10 } },
    contracts_hold: { values: { passes: 7, fails: 1 } },
    [subMetric.endpointResponseTime('GET /items/:id')]: trend(60, 5),
    [subMetric.endpointResponseTime('POST /orders')]: trend(40, 20),
    [subMetric.endpointErrors('POST /orders')]: count(5),
    [subMetric.errorStatus('POST /orders', 503)]: count(4),
    [subMetric.endpointStatus('GET /items/:id', 404)]: count(3),
    [subMetric.refusals('POST /orders', 429)]: count(10),
    [subMetric.errorKind('server-error')]: count(4),
    [subMetric.errorKind('timeout')]: count(1),
    [subMetric.flow('buy')]: trend(8, 100),
    [subMetric.flowOk('buy')]: trend(6, 90),
    [subMetric.step('buy', 'pay')]: trend(8, 50),
    [subMetric.stepOk('buy', 'pay')]: trend(7, 45),
  },
});

test('a summary counts requests by status', () => {
  assert.deepEqual(summary.statuses, { 200: 57, 201: 25, 404: 3, 429: 10, 503: 4 });
  assert.deepEqual(summary.errorKinds, { 'server-error': 4, timeout: 1 });
});

test('a summary has figures for every endpoint, flow and step, which are 0 if k6 has no such metric', () => {
  const figures = summary.endpoints.map(({ name, errors, responseTimeMs }) => [
    name,
    errors,
    responseTimeMs.count,
    responseTimeMs.p95,
  ]);
  assert.deepEqual(figures, [
    ['GET /items/:id', 0, 60, 5],
    ['POST /orders', 5, 40, 20],
  ]);
  const [buy] = summary.flows;
  assert.deepEqual([buy?.iterations, buy?.succeeded, buy?.steps[0]?.succeeded], [8, 6, 7]);
  assert.deepEqual(summary.contracts, { checked: 8, broken: 1 });
  assert.deepEqual([summary.vusMax, summary.iterations, summary.phases[0]?.responseTimeMs.count], [10, 0, 0]);
});

test('the printed summary is a table with a row for each endpoint, flow and step', () => {
  const text = summaryText(summary, 'results/shop-peak.summary.json');
  const rows = text.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '));
  assert.deepEqual(rows, [
    '',
    'shop/peak | requests | p50 | p95 | p99 | errors',
    'all requests | 100 | 12.3 ms | 12.3 ms | 12.3 ms | 5.00 %',
    'GET /items/:id | 60 | 5.00 ms | 5.00 ms | 5.00 ms | 0 %',
    'POST /orders | 40 | 20.0 ms | 20.0 ms | 20.0 ms | 12.5 %',
    'flow buy | 8 | 100 ms | 100 ms | 100 ms | 25.0 %',
    'pay | 8 | 50.0 ms | 50.0 ms | 50.0 ms | 12.5 %',
    '',
    '5.00 requests/s over 20.0 s. All figures: results/shop-peak.summary.json',
    'For a verdict and a diagnosis: npm run suite -- run shop/peak',
    '',
  ]);
});
