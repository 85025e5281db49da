import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestPlan } from '../../lib/core/definition/index.ts';
import { criterion, testPlan } from '../../lib/core/testing/evidence.ts';
import { fingerprintOf } from './fingerprint.ts';

const plan = testPlan({ flows: [{ name: 'order', steps: ['choose', 'pay'] }] });
const fingerprint = fingerprintOf(plan, '2.2.0');

test('a fingerprint consists of readable parts and a hash of the workload', () => {
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

describe('fingerprints of comparable runs', () => {
  const equal: [title: string, plan: TestPlan, k6: string][] = [
    ['if the test is the same', structuredClone(plan), '2.2.0'],
    ['if only the criteria differ', { ...plan, criteria: [criterion({ limit: 1 })] }, '2.2.0'],
    ['if only the descriptions differ', { ...plan, description: 'a few users' }, '2.2.0'],
    ['if only the minor versions of k6 differ', plan, '2.10.1'],
  ];
  for (const [title, changedPlan, k6] of equal) {
    test(`the fingerprints of two runs are equal ${title}`, () => {
      assert.deepEqual(fingerprintOf(changedPlan, k6), fingerprint);
    });
  }
});

describe('fingerprints of runs that are not comparable', () => {
  const load = plan.workload.scenarios.load ?? assert.fail();
  const changed: [title: string, part: keyof typeof fingerprint.parts, plan: TestPlan, k6?: string][] = [
    ['if the tests differ', 'test', { ...plan, test: 'spike' }],
    ['if the products differ', 'test', { ...plan, product: 'bank' }],
    ['if the seeds differ', 'data', { ...plan, seed: 2 }],
    ['if the time scales differ', 'scale', { ...plan, scale: { time: 0.1, vus: 1 } }],
    ['if the VUs scales differ', 'scale', { ...plan, scale: { time: 1, vus: 2 } }],
    [
      'if the numbers of VUs differ',
      'workload',
      { ...plan, workload: { ...plan.workload, scenarios: { load: { ...load, vus: 11 } } } },
    ],
    ['if the kinds of workload differ', 'workload', { ...plan, workload: { ...plan.workload, kind: 'once' } }],
    [
      'if the weights of endpoints differ',
      'workload',
      { ...plan, endpoints: plan.endpoints.map((endpoint) => ({ ...endpoint, weight: 2 })) },
    ],
    [
      'if a flow has another step',
      'workload',
      { ...plan, flows: [{ name: 'order', steps: ['choose', 'pay', 'ship'] }] },
    ],
    ['if the major versions of k6 differ', 'k6', plan, '3.0.0'],
  ];
  for (const [title, part, changedPlan, k6 = '2.2.0'] of changed) {
    test(`the fingerprints of two runs differ in exactly one part ${title}`, () => {
      const { hash, parts } = fingerprintOf(changedPlan, k6);
      assert.notEqual(hash, fingerprint.hash);
      const differing = Object.keys(parts).filter(
        (name) => parts[name as typeof part] !== fingerprint.parts[name as typeof part],
      );
      assert.deepEqual(differing, [part]);
    });
  }
});
