import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lognormal, uniform } from './random.ts';

test('uniform returns the same sequence for the same seed', () => {
  const [a, b] = [uniform(7), uniform(7)];
  assert.deepEqual(Array.from({ length: 5 }, a), Array.from({ length: 5 }, b));
  assert.notEqual(uniform(8)(), uniform(7)());
});

for (const { mean, sigma, p95 } of [
  { mean: 487, sigma: 0.422, p95: 892 },
  { mean: 289, sigma: 0.305, p95: 456 },
]) {
  test(`log-normal latencies have mean ${mean} and p95 ${p95}`, () => {
    const samples = Array.from({ length: 50_000 }, lognormal(uniform(3), mean, sigma)).sort((a, b) => a - b);
    const average = samples.reduce((sum, value) => sum + value, 0) / samples.length;
    assert.ok(Math.abs(average / mean - 1) < 0.02, `mean ${average}`);
    assert.ok(Math.abs((samples[47_500] ?? 0) / p95 - 1) < 0.03, `p95 ${samples[47_500]}`);
  });
}
