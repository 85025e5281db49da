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

test('an endpoint that several kinds of traffic call counts once', () => {
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

test('traffic in sequence iterates in the order given', () => {
  calls.length = 0;
  inSequence(traffic('b'), traffic('a'), traffic('c')).iterate();
  assert.deepEqual(calls, ['b', 'a', 'c']);
});

test('every scenario of a workload has traffic, and no other has', () => {
  const [a, b] = [traffic('a'), traffic('b')];
  assert.deepEqual(trafficOfScenarios(a, ['load', 'probe']), [a]);
  assert.deepEqual(trafficOfScenarios({ load: a, probe: b }, ['load', 'probe']), [a, b]);
  for (const scenarios of [['load'], ['load', 'burst'], ['load', 'probe', 'burst']])
    assert.throws(() => trafficOfScenarios({ load: a, probe: b }, scenarios), {
      message: `traffic is for load, probe, but the workload has ${scenarios.join(', ')}`,
    });
});

test('a plan says of an endpoint only what differs from the rule', () => {
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
