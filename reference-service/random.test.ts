import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lognormal, uniform } from './random.ts';

test('generators that uniform() creates with the same seed return the same sequence', () => {
  const [a, b] = [uniform(7), uniform(7)];
  assert.deepEqual(Array.from({ length: 5 }, a), Array.from({ length: 5 }, b));
  assert.notEqual(uniform(8)(), uniform(7)());
});

for (const { mean, sigma, p95 } of [
  { mean: 487, sigma: 0.422, p95: 892 },
  { mean: 289, sigma: 0.305, p95: 456 },
]) {
  test(`simulated log-normal latencies have the mean ${mean} ms and the 95th percentile ${p95} ms`, () => {
    const samples = Array.from({ length: 50_000 }, lognormal(uniform(3), mean, sigma)).sort((a, b) => a - b);
    const average = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    assert.ok(Math.abs(average / mean - 1) < 0.02, `mean ${average}`);
    assert.ok(Math.abs((samples[47_500] ?? 0) / p95 - 1) < 0.03, `p95 ${samples[47_500]}`);
  });
}
