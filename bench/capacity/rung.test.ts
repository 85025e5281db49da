import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMsPerRequest, isSaturated, maxOtherProcessesCpu, type Rung, requestsPerCore } from './rung.ts';

const rung = (requestsPerS: number, ...generatorCpu: number[]): Rung => ({
  vus: 100,
  requestsPerS,
  generatorCpu,
  otherProcessesCpu: 0.05,
  targetCpu: 0.3,
  p95Ms: 2,
});

test('isSaturated returns true if more than a quarter of the CPU samples are above 90 %', () => {
  assert.equal(isSaturated(rung(1000, 0.5, 0.6, 0.7, 0.95)), false);
  assert.equal(isSaturated(rung(1000, 0.5, 0.6, 0.95, 0.95)), true);
});

test('requestsPerCore extrapolates the highest unsaturated load step to a CPU usage of 90 %', () => {
  const rungs = [rung(1000, 0.4, 0.4), rung(2000, 0.5, 0.7), rung(2500, 1, 1)];
  assert.ok(Math.abs(cpuMsPerRequest(rungs) - 0.3) < 1e-9);
  assert.equal(Math.round(requestsPerCore(rungs)), 3000);
});

test('requestsPerCore uses the first load step if all load steps are saturated', () => {
  assert.equal(Math.round(requestsPerCore([rung(2000, 1, 1)])), 1800);
});

test('maxOtherProcessesCpu returns null if other processes use only a small share of the core of k6', () => {
  const alone = rung(1000, 0.5);
  assert.equal(maxOtherProcessesCpu([alone, alone]), null);
  assert.equal(maxOtherProcessesCpu([alone, { ...alone, otherProcessesCpu: 0.4 }]), 0.4);
});
