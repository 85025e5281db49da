import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nothingLost, percentileBelow } from '../../definition/index.ts';
import type { LedgerEntry } from '../../evidence/index.ts';
import {
  diagnosisWithCause,
  failedCriterion,
  healthyRunWith,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';

const entry = (parts: Partial<LedgerEntry> = {}): LedgerEntry => ({
  acknowledged: 100,
  complete: 100,
  incomplete: 0,
  duplicates: 0,
  lost: 0,
  endpoints: ['POST /agents'],
  ...parts,
});
const counted = (parts?: Partial<LedgerEntry>) => ({
  ...healthyRunWith(),
  ledger: { agent: entry(parts), member: entry() },
});
const torn = { complete: 67, incomplete: 16, lost: 17 };

describe('records that are not as they were acknowledged', () => {
  testDiagnosisRule(test, 'records-damaged', {
    found: {
      'some are not there': counted({ complete: 99, lost: 1 }),
      'some are there by half': counted({ complete: 98, incomplete: 2 }),
      'some are there twice': counted({ complete: 101, duplicates: 1 }),
    },
    absent: {
      'all are there': counted(),
      'more are there than were acknowledged': counted({ complete: 104 }),
      'nobody counted them': {},
    },
  });

  test('are told by their endpoint and in numbers', () => {
    const { evidence, recommendation, explains, fixable } = diagnosisWithCause(
      'records-damaged',
      counted(torn),
      [failedCriterion(nothingLost()), failedCriterion(percentileBelow(0.95, '2s'))],
    );
    assert.deepEqual(
      evidence.map(({ text }) => text),
      ['POST /agents: of 100 records acknowledged (agent) are 17 not there, 16 there by half'],
    );
    assert.match(recommendation, /^Find where POST \/agents answers before its transaction is committed/);
    assert.match(recommendation, /more than one transaction/);
    assert.doesNotMatch(recommendation, /without a key/);
    assert.deepEqual([explains, fixable], [['nothing-lost'], false]);
  });

  test('by their kind, in a result that does not tell their endpoints', () => {
    const { endpoints: _, ...older } = entry(torn);
    const [told] = diagnosisWithCause('records-damaged', {
      ...healthyRunWith(),
      ledger: { agent: older },
    }).evidence;
    assert.match(told?.text ?? '', /^agent: of 100/);
  });

  test('are no ground for another cause to be mended and all to be well', () => {
    const exhausted = healthyRunWith({
      target: { connectionsActive: () => 20, connectionsWaiting: () => 30, connectionTimeouts: (s) => s },
    });
    const isFixable = (ledger?: LedgerEntry) =>
      diagnosisWithCause('database-pool-exhausted', {
        ...exhausted,
        ...(ledger && { ledger: { agent: ledger } }),
      }).fixable;
    assert.equal(isFixable(), true);
    assert.equal(isFixable(entry()), true);
    assert.equal(isFixable(entry(torn)), false);
  });
});
