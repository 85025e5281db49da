import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { quickRandom, randomBytes, seededRandom, weightedChoice } from './random.ts';

test('the same seed gives the same numbers, and another seed gives different ones', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

for (const generator of [seededRandom, quickRandom])
  test(`${generator.name} is uniform on [0, 1)`, () => {
    const random = generator(1);
    const bins = new Array(10).fill(0);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(random() * 10)] += 1;
    const chiSquare = bins.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    assert.ok(chiSquare < 27.9, `chi-square ${chiSquare} with 9 degrees of freedom: p < 0.001`);
  });

test('neighboring seeds give uncorrelated sequences', () => {
  const [a, b] = [quickRandom(1), quickRandom(2)];
  const n = 20_000;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (a() - 0.5) * (b() - 0.5);
  const correlation = (sum / n) * 12;
  assert.ok(Math.abs(correlation) < 4 / Math.sqrt(n), `correlation ${correlation}`);
});

const byWeight = (weights: Record<string, number>) =>
  weightedChoice(Object.keys(weights), (name) => weights[name] as number);

test('weightedChoice never chooses an entry with weight 0', () => {
  const choose = byWeight({ a: 0, b: 1 });
  const random = seededRandom(2);
  for (let i = 0; i < 1000; i++) assert.equal(choose(random), 'b');
});

test('weightedChoice chooses entries in proportion to their weights', () => {
  const choose = byWeight({ a: 25, b: 70, c: 5 });
  const random = seededRandom(3);
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 100_000; i++) {
    const chosen = choose(random);
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  assert.ok(Math.abs((counts.a ?? 0) / 100_000 - 0.25) < 0.01);
  assert.ok(Math.abs((counts.c ?? 0) / 100_000 - 0.05) < 0.005);
});

test('weightedChoice rejects negative weights, and weights that are all 0', () => {
  assert.throws(() => byWeight({ a: 0 }), RangeError);
  assert.throws(() => byWeight({ a: -1 }), RangeError);
});

test('randomBytes starts with the prefix, is the same for the same seed, and cannot be compressed', () => {
  const bytes = new Uint8Array(randomBytes(10_000, '%PDF-', 3));
  assert.equal(String.fromCharCode(...bytes.subarray(0, 5)), '%PDF-');
  assert.deepEqual(new Uint8Array(randomBytes(10_000, '%PDF-', 3)), bytes);
  assert.notDeepEqual(new Uint8Array(randomBytes(10_000, '%PDF-', 4)), bytes);
  assert.ok(gzipSync(bytes).length > 9_900);
});
