import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as criteria from './criteria.ts';
import * as criteriaForVUs from './criteria.vu.ts';
import * as workloads from './workloads.ts';
import * as workloadsForVUs from './workloads.vu.ts';

test('the .vu.ts modules export the same names as the modules that they replace', () => {
  assert.deepEqual(Object.keys(criteriaForVUs), Object.keys(criteria));
  assert.deepEqual(Object.keys(workloadsForVUs), Object.keys(workloads));
});
