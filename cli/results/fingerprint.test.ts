import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestPlan } from '../../lib/core/definition/index.ts';
import { criterion, testPlan } from '../../lib/core/testing/evidence.ts';
import { fingerprintOf } from './fingerprint.ts';

const plan = testPlan({ flows: [{ name: 'order', steps: ['choose', 'pay'] }] });
const fingerprint = fingerprintOf(plan, '2.2.0');

test('a fingerprint has readable parts and a hash of the workload', () => {
  const { workload, ...parts } = fingerprint.parts;
  assert.deepEqual(parts, {
    test: 'shop/peak',
    data: 'seed 1',
    scale: 'time 1, VUs 1',
    responseTime: 'whole wait',
    k6: 'k6 2',
  });
  assert.match(workload, /^[0-9a-f]{16}$/);
  assert.match(fingerprint.hash, /^[0-9a-f]{16}$/);
  assert.equal(fingerprintOf(plan, null).parts.k6, 'k6 unknown');
});

describe('a fingerprint of a comparable run', () => {
  const equal: [title: string, plan: TestPlan, k6: string][] = [
    ['for the same test', structuredClone(plan), '2.2.0'],
    ['with other criteria', { ...plan, criteria: [criterion({ limit: 1 })] }, '2.2.0'],
    ['with another description', { ...plan, description: 'a few users' }, '2.2.0'],
    ['with another k6 of the same major version', plan, '2.10.1'],
  ];
  for (const [title, changedPlan, k6] of equal) {
    test(`is equal ${title}`, () => {
      assert.deepEqual(fingerprintOf(changedPlan, k6), fingerprint);
    });
  }
});

describe('a fingerprint of a run that is not comparable', () => {
  const load = plan.workload.scenarios.load ?? assert.fail();
  const changed: [title: string, part: keyof typeof fingerprint.parts, plan: TestPlan, k6?: string][] = [
    ['for another test', 'test', { ...plan, test: 'spike' }],
    ['for another product', 'test', { ...plan, product: 'bank' }],
    ['with another seed', 'data', { ...plan, seed: 2 }],
    ['with another time scale', 'scale', { ...plan, scale: { time: 0.1, vus: 1 } }],
    ['with another VUs scale', 'scale', { ...plan, scale: { time: 1, vus: 2 } }],
    [
      'with another number of VUs',
      'workload',
      { ...plan, workload: { ...plan.workload, scenarios: { load: { ...load, vus: 11 } } } },
    ],
    ['with another kind of workload', 'workload', { ...plan, workload: { ...plan.workload, kind: 'once' } }],
    [
      'with another mix',
      'workload',
      { ...plan, endpoints: plan.endpoints.map((endpoint) => ({ ...endpoint, weight: 2 })) },
    ],
    [
      'with another step in a flow',
      'workload',
      { ...plan, flows: [{ name: 'order', steps: ['choose', 'pay', 'ship'] }] },
    ],
    ['with another major version of k6', 'k6', plan, '3.0.0'],
  ];
  for (const [title, part, changedPlan, k6 = '2.2.0'] of changed) {
    test(`differs in one part ${title}`, () => {
      const { hash, parts } = fingerprintOf(changedPlan, k6);
      assert.notEqual(hash, fingerprint.hash);
      const differing = Object.keys(parts).filter(
        (name) => parts[name as typeof part] !== fingerprint.parts[name as typeof part],
      );
      assert.deepEqual(differing, [part]);
    });
  }
});
