import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Category, Result } from '../evidence/index.ts';
import { resultOf } from '../testing/evidence.ts';
import { shownBy } from './checklist.ts';

/** Two samples of the target's metrics. */
const target = (columns: Record<string, [number, number]>) => ({
  resources: { target: { atMs: [0, 1000], columns } },
});
const totalsOf = (parts: object) => ({ totals: { ...resultOf().totals, ...parts } });
const entry = { acknowledged: 20, complete: 20, incomplete: 0, duplicates: 0, lost: 0 };

const cases: { category: Category; of: string; result: Result; met: boolean | null; says?: RegExp }[] = [
  {
    category: 'database-scaling',
    of: 'a pool in use',
    result: resultOf(
      target({ connectionsActive: [0, 48], connectionsMax: [50, 50], connectionTimeouts: [3, 3] }),
    ),
    met: true,
    says: /^at most 48 of 50 connections in use at once, 0 requests got none/,
  },
  {
    category: 'database-scaling',
    of: 'a pool that is too small',
    result: resultOf(
      target({ connectionsActive: [0, 10], connectionsMax: [10, 10], connectionTimeouts: [0, 7] }),
    ),
    met: false,
    says: /7 requests got none in time/,
  },
  {
    category: 'database-scaling',
    of: 'a pool hardly used',
    result: resultOf(target({ connectionsActive: [0, 3], connectionsMax: [50, 50] })),
    met: null,
  },
  {
    category: 'transaction-safety',
    of: 'whole records, after deadlocks',
    result: resultOf({
      ledger: { order: entry },
      ...target({ deadlocks: [1, 3], transactionRetries: [0, 1] }),
    }),
    met: true,
    says: /^20 records acknowledged, 0 of them .*; 2 deadlocks, 1 retry$/,
  },
  {
    category: 'transaction-safety',
    of: 'a lost record',
    result: resultOf({ ledger: { order: { ...entry, complete: 19, lost: 1 } } }),
    met: false,
  },
  { category: 'transaction-safety', of: 'nothing counted', result: resultOf(), met: null },
  {
    category: 'external-services',
    of: 'an open breaker and no errors',
    result: resultOf({
      ...target({ circuitBreakerState: [0, 2] }),
      ...totalsOf({ errors: 0, errorRate: 0, degraded: 12 }),
    }),
    met: true,
    says: /12 degraded answers/,
  },
  {
    category: 'external-services',
    of: 'an open breaker and errors',
    result: resultOf({ ...target({ circuitBreakerState: [0, 2] }), ...totalsOf({ errorRate: 0.2 }) }),
    met: false,
  },
  { category: 'monitoring', of: 'no metrics', result: resultOf({ resources: {} }), met: false },
  {
    category: 'load-testing',
    of: 'a run that says nothing',
    result: resultOf({ verdict: { decision: 'INVALID', reasons: [] } }),
    met: false,
  },
  {
    category: 'error-recovery',
    of: 'a breaker that closes',
    result: resultOf(target({ circuitBreakerState: [2, 0] })),
    met: true,
  },
  {
    category: 'error-recovery',
    of: 'a breaker that stays open',
    result: resultOf(target({ circuitBreakerState: [0, 2] })),
    met: false,
  },
  {
    category: 'rate-limiting',
    of: 'refusals',
    result: resultOf(totalsOf({ refusals: { 429: 20 } })),
    met: true,
    says: /^20 requests refused with 429/,
  },
  {
    category: 'background-processing',
    of: 'a queue that empties',
    result: resultOf(target({ jobsQueued: [40, 0] })),
    met: true,
  },
  {
    category: 'background-processing',
    of: 'a queue that grows',
    result: resultOf(target({ jobsQueued: [0, 40] })),
    met: false,
  },
];

for (const { category, of, result, met, says } of cases) {
  test(`${category}: ${of}`, () => {
    const shown = shownBy(result).find((one) => one.category === category);
    assert.equal(shown?.speaksFor ?? null, met);
    if (says) assert.match(shown?.text ?? '', says);
  });
}
