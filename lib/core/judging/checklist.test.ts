import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChecklistCategory } from '../evidence/index.ts';
import { resultOf } from '../testing/evidence.ts';
import { checklistFindings } from './checklist.ts';

/** Creates two samples of the target's metrics. */
const target = (columns: Record<string, [number, number]>) => ({
  resources: { target: { atMs: [0, 1000], columns } },
});
const pool = (active: number, max: number, connectionTimeouts: [number, number]) =>
  target({ connectionsActive: [0, active], connectionsMax: [max, max], connectionTimeouts });
const breaker = (...circuitBreakerState: [number, number]) => target({ circuitBreakerState });
const entry = { acknowledged: 20, complete: 20, incomplete: 0, duplicates: 0, lost: 0 };

type Case = [situation: string, parts: Parameters<typeof resultOf>[0], speaksFor: boolean | null, text?: RegExp];

const CASES: Record<ChecklistCategory, Case[]> = {
  'database-scaling': [
    [
      'a pool that is mostly in use',
      pool(48, 50, [3, 3]),
      true,
      /^at most 48 of 50 connections in use at the same time; 0 requests timed out/,
    ],
    ['a pool that is too small', pool(10, 10, [0, 7]), false, /7 requests timed out waiting for one/],
    ['a pool that is hardly used', pool(3, 50, [0, 0]), null],
  ],
  'transaction-safety': [
    [
      'complete records after deadlocks',
      { ledger: { order: entry }, ...target({ deadlocks: [1, 3], transactionRetries: [0, 1] }) },
      true,
      /^20 records acknowledged, 0 of them .*; 2 deadlocks, 1 retry$/,
    ],
    ['a lost record', { ledger: { order: { ...entry, complete: 19, lost: 1 } } }, false],
    ['records that were not counted', {}, null],
  ],
  'external-services': [
    ['an open breaker and no errors', { ...breaker(0, 2), totals: { degraded: 12 } }, true, /12 degraded responses/],
    ['an open breaker and errors', { ...breaker(0, 2), totals: { errorRate: 0.2 } }, false],
  ],
  monitoring: [['no metrics', {}, false]],
  'load-testing': [['an INVALID run', { verdict: { decision: 'INVALID', reasons: [] } }, false]],
  'error-recovery': [
    ['a breaker that closes', breaker(2, 0), true],
    ['a breaker that stays open', breaker(0, 2), false],
  ],
  'rate-limiting': [['refusals', { totals: { refusals: { 429: 20 } } }, true, /^20 requests refused with 429/]],
  'background-processing': [
    ['a queue that empties', target({ jobsQueued: [40, 0] }), true],
    ['a queue that grows', target({ jobsQueued: [0, 40] }), false],
  ],
};

for (const [category, cases] of Object.entries(CASES))
  for (const [situation, parts, speaksFor, text = /^/] of cases)
    test(`checklist category ${category}, ${situation}: ${speaksFor === null ? 'no evidence' : `evidence ${speaksFor ? 'for' : 'against'} production`}`, () => {
      const finding = checklistFindings(resultOf(parts)).find((candidate) => candidate.category === category);
      assert.equal(finding?.speaksFor ?? null, speaksFor);
      assert.match(finding?.text ?? '', text);
    });
