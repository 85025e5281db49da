import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPlan } from '../testing/evidence.ts';
import { k6OptionsOf } from './options.ts';
import { thresholdsOf } from './thresholds.ts';
import { FULL_SCALE } from './workload.ts';
import { constantVUs, withProbe } from './workloads.ts';

test('the k6 options contain the scenarios, the thresholds and the plan', () => {
  const plan = testPlan();
  const { scenarios, thresholds, ext, userAgent } = k6OptionsOf(plan);
  assert.equal(scenarios, plan.workload.scenarios);
  assert.deepEqual(thresholds, thresholdsOf(plan));
  assert.deepEqual([ext, userAgent], [{ suite: plan }, 'load-suite (shop/peak)']);
});

test('the k6 options keep the system tag `scenario` only if the workload has several scenarios', () => {
  const load = constantVUs({ vus: 10, duration: '1m' });
  const tagsOf = (workload: typeof load) => k6OptionsOf(testPlan({ workload: workload(FULL_SCALE) })).systemTags;
  assert.deepEqual(tagsOf(load), ['name', 'status', 'error_code']);
  assert.deepEqual(tagsOf(withProbe(load, { ratePerS: 1, maxVUs: 1 })), ['name', 'status', 'error_code', 'scenario']);
});
