import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChecklistCategory } from '../evidence/index.ts';
import { resultOf } from '../testing/evidence.ts';
import { checklistFindings } from './checklist.ts';

/** Two samples of the target's metrics. */
const target = (columns: Record<string, [number, number]>) => ({
  resources: { target: { atMs: [0, 1000], columns } },
});
const pool = (most: number, connections: number, connectionTimeouts: [number, number]) =>
  target({ connectionsActive: [0, most], connectionsMax: [connections, connections], connectionTimeouts });
const breaker = (...circuitBreakerState: [number, number]) => target({ circuitBreakerState });
const entry = { acknowledged: 20, complete: 20, incomplete: 0, duplicates: 0, lost: 0 };

type Case = [what: string, parts: Parameters<typeof resultOf>[0], speaksFor: boolean | null, says?: RegExp];

const CASES: Record<ChecklistCategory, Case[]> = {
  'database-scaling': [
    [
      'a pool in use',
      pool(48, 50, [3, 3]),
      true,
      /^at most 48 of 50 connections in use at once, 0 requests got/,
    ],
    ['a pool that is too small', pool(10, 10, [0, 7]), false, /7 requests got none in time/],
    ['a pool hardly used', pool(3, 50, [0, 0]), null],
  ],
  'transaction-safety': [
    [
      'whole records, after deadlocks',
      { ledger: { order: entry }, ...target({ deadlocks: [1, 3], transactionRetries: [0, 1] }) },
      true,
      /^20 records acknowledged, 0 of them .*; 2 deadlocks, 1 retry$/,
    ],
    ['a lost record', { ledger: { order: { ...entry, complete: 19, lost: 1 } } }, false],
    ['nothing counted', {}, null],
  ],
  'external-services': [
    [
      'an open breaker and no errors',
      { ...breaker(0, 2), totals: { degraded: 12 } },
      true,
      /12 degraded answers/,
    ],
    ['an open breaker and errors', { ...breaker(0, 2), totals: { errorRate: 0.2 } }, false],
  ],
  monitoring: [['no metrics', {}, false]],
  'load-testing': [['a run that says nothing', { verdict: { decision: 'INVALID', reasons: [] } }, false]],
  'error-recovery': [
    ['a breaker that closes', breaker(2, 0), true],
    ['a breaker that stays open', breaker(0, 2), false],
  ],
  'rate-limiting': [
    ['refusals', { totals: { refusals: { 429: 20 } } }, true, /^20 requests refused with 429/],
  ],
  'background-processing': [
    ['a queue that empties', target({ jobsQueued: [40, 0] }), true],
    ['a queue that grows', target({ jobsQueued: [0, 40] }), false],
  ],
};

for (const [category, cases] of Object.entries(CASES))
  for (const [what, parts, speaksFor, says = /^/] of cases)
    test(`${category}: ${what}`, () => {
      const shown = checklistFindings(resultOf(parts)).find((one) => one.category === category);
      assert.equal(shown?.speaksFor ?? null, speaksFor);
      assert.match(shown?.text ?? '', says);
    });
