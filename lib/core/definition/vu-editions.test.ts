import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as criteria from './criteria.ts';
import * as criteriaForVUs from './criteria.vu.ts';
import * as workloads from './workloads.ts';
import * as workloadsForVUs from './workloads.vu.ts';

test('the editions for VUs export what the modules export that they stand in for', () => {
  assert.deepEqual(Object.keys(criteriaForVUs), Object.keys(criteria));
  assert.deepEqual(Object.keys(workloadsForVUs), Object.keys(workloads));
});
