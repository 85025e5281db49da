import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryGrowthBelow } from '../../definition/index.ts';
import {
  type BySecond,
  diagnosisWithCause,
  explainsAndFixable,
  failedCriterion,
  type HealthyRunChanges,
  healthyRunWith,
  MB,
  testDiagnosisRule,
} from '../../testing/diagnosis.ts';
import { evidenceOf } from '../../testing/evidence.ts';
import { memoryLeak } from './memory-leak.ts';

/** What collections leave, under a heap that fills and is collected; in MB. */
const heap = (left: BySecond, resident: BySecond = (s) => left(s) + 100): HealthyRunChanges => ({
  target: {
    heapUsedBytes: (s) => (left(s) + 5 * (Math.floor(s) % 4)) * MB,
    residentBytes: (s) => resident(s) * MB,
  },
});
const full: BySecond = () => 30;
const buffers = (left: BySecond): HealthyRunChanges => ({
  target: { externalBytes: (s) => left(s) * MB, residentBytes: (s) => (130 + left(s)) * MB },
});

describe('a memory leak', () => {
  testDiagnosisRule(test, 'memory-leak', {
    found: {
      'a heap that only grows': heap((s) => 30 + 2 * s),
      'buffers that only grow': buffers((s) => 11 + 2 * s),
    },
    absent: {
      'a heap that grows by little': heap((s) => 30 + 0.3 * s),
      'a large heap that grows by a small part of it': heap((s) => 400 + 2 * s),
      'caches that fill, and then are full': heap((s) => 30 + 100 * (1 - Math.exp(-s / 5))),
      'a heap that fills up to each collection': heap((s) => 30 + 20 * (Math.floor(s) % 2)),
      'resident memory that grows alone': heap(full, (s) => 100 + 2 * s),
      'memory that grows with the load': { ...heap((s) => 30 + 2 * s), vus: (s) => 5 * (s + 1) },
      'nothing known of it': { target: { heapUsedBytes: () => null } },
    },
  });

  test('says which part of the memory grows, and how fast', () => {
    const [first] = diagnosisWithCause('memory-leak', healthyRunWith(heap((s) => 30 + 2 * s))).evidence;
    assert.match(first?.text ?? '', /12\d MB a minute, most of it heap$/);
    assert.match(
      diagnosisWithCause('memory-leak', healthyRunWith(buffers((s) => 11 + 2 * s))).evidence[0]?.text ?? '',
      /most of it buffers outside the heap$/,
    );
  });

  test('is less sure where the growth levels off', () => {
    const steady = diagnosisWithCause('memory-leak', healthyRunWith(heap((s) => 30 + 3 * s)));
    const slower = diagnosisWithCause('memory-leak', healthyRunWith(heap((s) => 30 + 3 * Math.min(s, 45))));
    assert.ok(slower.confidence < steady.confidence);
  });

  test('accounts for growth of memory, which no setting mends', () => {
    const criterion = failedCriterion(memoryGrowthBelow(100, 'hold'));
    const account = explainsAndFixable('memory-leak', healthyRunWith(heap((s) => 30 + 2 * s)), [criterion]);
    assert.deepEqual(account, { explains: ['memory-growth'], fixable: false });
  });

  test('of too short a run, it is said that it cannot be told', () => {
    const short = healthyRunWith(heap((s) => 30 + 10 * s));
    for (const column of [short.windows.startMs, short.windows.durationMs, short.windows.vus])
      column.splice(15);
    assert.equal(memoryLeak.suspect(short, []), null);
    assert.deepEqual(memoryLeak.absence(short), {
      text: 'a memory leak: too short to tell, with 10 of the 12 samples under a steady load after warm-up that it takes',
      certain: false,
    });
    assert.equal(memoryLeak.absence(evidenceOf()).certain, false);
  });
});
