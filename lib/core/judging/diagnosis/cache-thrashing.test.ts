import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BySecond, diagnosisWithCause, healthyRunWith, MB, testDiagnosisRule } from '../../testing/diagnosis.ts';

const rising =
  (perS: number): BySecond =>
  (s) =>
    perS * Math.max(0, s);
const uses = (hits: number, misses: number, evictions: number) => ({
  hits: rising(hits),
  misses: rising(misses),
  evictions: rising(evictions),
});
const inTarget = (hits: number, misses: number, evictions: number) => ({
  cacheHits: rising(hits),
  cacheMisses: rising(misses),
  cacheEvictions: rising(evictions),
});

describe('a cache that thrashes', () => {
  testDiagnosisRule(test, 'cache-thrashing', {
    found: {
      'the target evicts nearly every entry': { target: inTarget(5, 45, 44) },
      'Redis evicts nearly every entry': { redis: uses(20, 30, 28) },
    },
    absent: {
      'many misses without evictions': { target: inTarget(5, 45, 0) },
      'evictions with a high hit rate': { target: inTarget(42, 8, 6) },
      'evictions with few lookups': { target: inTarget(0.1, 1, 1) },
      'counters that restart with another process': { target: { cacheHits: (s) => 40 * (s % 30) } },
    },
  });

  test('a cache that thrashes gets a recommended size', () => {
    assert.match(
      diagnosisWithCause('cache-thrashing', healthyRunWith({ target: inTarget(5, 45, 44) })).recommendation,
      /^Increase the size of the target's cache to about 10\.0 times its current size/,
    );
  });

  test('a cache that thrashes has higher confidence if the memory of Redis is full', () => {
    const full = healthyRunWith({ redis: { ...uses(20, 30, 28), usedBytes: () => 99 * MB } });
    const { confidence, evidence } = diagnosisWithCause('cache-thrashing', full);
    assert.ok(
      confidence > diagnosisWithCause('cache-thrashing', healthyRunWith({ redis: uses(20, 30, 28) })).confidence,
    );
    assert.match(evidence.at(-1)?.text ?? '', /its memory was full: 99\.0 MB of 100 MB/);
  });
});
