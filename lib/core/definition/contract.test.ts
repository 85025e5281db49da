import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContractValidator, contractShareOf, contractViolation } from './contract.ts';

const contract = (errors?: ContractValidator['errors']): ContractValidator =>
  Object.assign(() => errors === undefined, { errors });

test('a contract violation is reported with its path in the body', () => {
  assert.equal(contractViolation(contract(), '{}'), undefined);
  assert.equal(
    contractViolation(contract([{ instancePath: '/id', message: 'must be integer' }]), '{}'),
    '/id must be integer',
  );
  assert.equal(contractViolation(contract([{ instancePath: '' }]), '{}'), 'body is not valid');
  assert.equal(contractViolation(contract(null), '{}'), 'is not valid');
  assert.equal(contractViolation(contract(), '<html>'), 'is not valid JSON');
});

test('a few VUs check contracts for all VUs, and together check the requested share of responses', () => {
  const cases: [vus: number, share: number, checkers: number][] = [
    [1, 0.001, 1],
    [7, 0.05, 1],
    [50, 0.001, 1],
    [500, 0.001, 10],
    [500, 0.05, 25],
    [3, 1, 3],
  ];
  for (const [vus, share, checkers] of cases) {
    const shares = Array.from({ length: vus }, (_, i) => contractShareOf(i + 1, share, vus));
    assert.equal(shares.filter((value) => value > 0).length, checkers, `${vus} VUs, ${share}`);
    assert.ok(Math.max(...shares) <= 1, `${vus} VUs, ${share}`);
    const mean = shares.reduce((sum, value) => sum + value, 0) / vus;
    assert.ok(Math.abs(mean - share) < 1e-9, `${vus} VUs, ${share}: ${mean}`);
  }
});
