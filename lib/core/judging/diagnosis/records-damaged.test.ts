import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nothingLost, percentileBelow } from '../../definition/index.ts';
import type { LedgerEntry } from '../../evidence/index.ts';
import { diagnosisWithCause, failedCriterion, healthyRunWith, testDiagnosisRule } from '../../testing/diagnosis.ts';

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

describe('damaged records', () => {
  testDiagnosisRule(test, 'records-damaged', {
    found: {
      'some are missing': counted({ complete: 99, lost: 1 }),
      'some are incomplete': counted({ complete: 98, incomplete: 2 }),
      'some are duplicated': counted({ complete: 101, duplicates: 1 }),
    },
    absent: {
      'all exist': counted(),
      'more exist than were acknowledged': counted({ complete: 104 }),
      'not counted': {},
    },
  });

  test('damaged records are reported with their endpoint and numbers', () => {
    const { evidence, recommendation, explains, fixable } = diagnosisWithCause('records-damaged', counted(torn), [
      failedCriterion(nothingLost()),
      failedCriterion(percentileBelow(0.95, '2s')),
    ]);
    assert.deepEqual(
      evidence.map(({ text }) => text),
      ['POST /agents: of 100 acknowledged records (agent), 17 missing, 16 incomplete'],
    );
    assert.match(recommendation, /^Find where POST \/agents responds before its transaction is committed/);
    assert.match(recommendation, /more than one transaction/);
    assert.doesNotMatch(recommendation, /idempotency key/);
    assert.deepEqual([explains, fixable], [['nothing-lost'], false]);
  });

  test('damaged records are reported with their kind if a result does not contain their endpoints', () => {
    const { endpoints: _, ...older } = entry(torn);
    const [finding] = diagnosisWithCause('records-damaged', {
      ...healthyRunWith(),
      ledger: { agent: older },
    }).evidence;
    assert.match(finding?.text ?? '', /^agent: of 100/);
  });

  test('damaged records make another cause not fixable', () => {
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
