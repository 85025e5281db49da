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

/** A heap that fills and is collected, in MB; `retained` is what remains after a collection. */
const heap = (retained: BySecond, resident: BySecond = (s) => retained(s) + 100): HealthyRunChanges => ({
  target: {
    heapUsedBytes: (s) => (retained(s) + 5 * (Math.floor(s) % 4)) * MB,
    residentBytes: (s) => resident(s) * MB,
  },
});
const constant: BySecond = () => 30;
const buffers = (retained: BySecond): HealthyRunChanges => ({
  target: { externalBytes: (s) => retained(s) * MB, residentBytes: (s) => (130 + retained(s)) * MB },
});

describe('a memory leak', () => {
  testDiagnosisRule(test, 'memory-leak', {
    found: {
      'a heap that keeps growing': heap((s) => 30 + 2 * s),
      'buffers that keep growing': buffers((s) => 11 + 2 * s),
    },
    absent: {
      'a heap that grows slightly': heap((s) => 30 + 0.3 * s),
      'a large heap that grows by a small share': heap((s) => 400 + 2 * s),
      'caches that fill and then stop growing': heap((s) => 30 + 100 * (1 - Math.exp(-s / 5))),
      'a heap that fills until each collection': heap((s) => 30 + 20 * (Math.floor(s) % 2)),
      'only resident memory that grows': heap(constant, (s) => 100 + 2 * s),
      'memory that grows with the load': { ...heap((s) => 30 + 2 * s), vus: (s) => 5 * (s + 1) },
      'memory not measured': { target: { heapUsedBytes: () => null } },
    },
  });

  test('a memory leak reports which part of the memory grows, and how fast', () => {
    const [first] = diagnosisWithCause('memory-leak', healthyRunWith(heap((s) => 30 + 2 * s))).evidence;
    assert.match(first?.text ?? '', /12\d MB per minute, mostly heap$/);
    assert.match(
      diagnosisWithCause('memory-leak', healthyRunWith(buffers((s) => 11 + 2 * s))).evidence[0]?.text ?? '',
      /mostly buffers outside the heap$/,
    );
  });

  test('a memory leak has lower confidence if the growth levels off', () => {
    const steady = diagnosisWithCause('memory-leak', healthyRunWith(heap((s) => 30 + 3 * s)));
    const slower = diagnosisWithCause('memory-leak', healthyRunWith(heap((s) => 30 + 3 * Math.min(s, 45))));
    assert.ok(slower.confidence < steady.confidence);
  });

  test('a memory leak explains memory growth, and is not fixable', () => {
    const criterion = failedCriterion(memoryGrowthBelow(100, 'hold'));
    const account = explainsAndFixable('memory-leak', healthyRunWith(heap((s) => 30 + 2 * s)), [criterion]);
    assert.deepEqual(account, { explains: ['memory-growth'], fixable: false });
  });

  test('a memory leak is uncertain if the run is too short', () => {
    const short = healthyRunWith(heap((s) => 30 + 10 * s));
    for (const column of [short.windows.startMs, short.windows.durationMs, short.windows.vus]) column.splice(15);
    assert.equal(memoryLeak.suspect(short, []), null);
    assert.deepEqual(memoryLeak.absence(short), {
      text: 'a memory leak: only 10 samples under a steady load after warm-up, but 12 are required',
      certain: false,
    });
    assert.equal(memoryLeak.absence(evidenceOf()).certain, false);
  });
});
