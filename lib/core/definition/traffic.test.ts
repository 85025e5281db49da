import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSequence, plannedEndpoint, type Traffic, trafficOfScenarios, usageOf } from './traffic.ts';

const calls: string[] = [];
const traffic = (name: string, ...endpoints: string[]): Traffic => ({
  uses: () => ({
    endpoints: endpoints.map((endpoint) => ({ name: endpoint, expectedStatus: 200 })),
    flows: [{ name, steps: ['only'] }],
  }),
  iterate: () => void calls.push(name),
});

test('usageOf lists an endpoint once even if several kinds of traffic call it', () => {
  const { endpoints, flows } = usageOf([traffic('a', 'GET /x', 'GET /y'), traffic('b', 'GET /y', 'GET /z')]);
  assert.deepEqual(
    endpoints.map(({ name }) => name),
    ['GET /x', 'GET /y', 'GET /z'],
  );
  assert.deepEqual(
    flows.map(({ name }) => name),
    ['a', 'b'],
  );
});

test('inSequence performs traffic in the given order', () => {
  calls.length = 0;
  inSequence(traffic('b'), traffic('a'), traffic('c')).iterate();
  assert.deepEqual(calls, ['b', 'a', 'c']);
});

test('traffic by scenario must name exactly the scenarios of the workload', () => {
  const [a, b] = [traffic('a'), traffic('b')];
  assert.deepEqual(trafficOfScenarios(a, ['load', 'probe']), [a]);
  assert.deepEqual(trafficOfScenarios({ load: a, probe: b }, ['load', 'probe']), [a, b]);
  for (const scenarios of [['load'], ['load', 'burst'], ['load', 'probe', 'burst']])
    assert.throws(() => trafficOfScenarios({ load: a, probe: b }, scenarios), {
      message: `The test has traffic for load, probe, but the workload has the scenarios ${scenarios.join(', ')}.`,
    });
});

test('plannedEndpoint contains only options that differ from the defaults', () => {
  assert.deepEqual(plannedEndpoint({ endpoint: { name: 'GET /x', options: {} } }), {
    name: 'GET /x',
    expectedStatus: 200,
  });
  const options = {
    expectedStatus: 201,
    toleratedStatuses: [404],
    refusals: [429],
    degraded: 'degraded',
    creates: 'order',
  };
  assert.deepEqual(plannedEndpoint({ endpoint: { name: 'POST /x', options }, weight: 0 }), {
    name: 'POST /x',
    expectedStatus: 201,
    toleratedStatuses: [404],
    refusals: [429],
    degradable: true,
    creates: 'order',
    weight: 0,
  });
});
