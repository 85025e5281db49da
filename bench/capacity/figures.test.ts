import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMsPerRequest, isSaturated, othersCpu, type Rung, requestsPerCore } from './figures.ts';

const rung = (requestsPerS: number, ...generatorCpu: number[]): Rung => ({
  vus: 100,
  requestsPerS,
  generatorCpu,
  othersCpu: 0.05,
  targetCpu: 0.3,
  p95Ms: 2,
});

test('a generator is saturated where more than a quarter of its samples are above 90 %', () => {
  assert.equal(isSaturated(rung(1000, 0.5, 0.6, 0.7, 0.95)), false);
  assert.equal(isSaturated(rung(1000, 0.5, 0.6, 0.95, 0.95)), true);
});

test('a core carries what the fullest rung that is valid costs, up to 90 %', () => {
  const rungs = [rung(1000, 0.4, 0.4), rung(2000, 0.5, 0.7), rung(2500, 1, 1)];
  assert.ok(Math.abs(cpuMsPerRequest(rungs) - 0.3) < 1e-9);
  assert.equal(Math.round(requestsPerCore(rungs)), 3000);
});

test('where the first rung is too much already, it is what there is', () => {
  assert.equal(Math.round(requestsPerCore([rung(2000, 1, 1)])), 1800);
});

test('a core that others use much of is told', () => {
  const alone = rung(1000, 0.5);
  assert.equal(othersCpu([alone, alone]), null);
  assert.equal(othersCpu([alone, { ...alone, othersCpu: 0.4 }]), 0.4);
});
