import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBuckets } from './requests.ts';

test('a token bucket allows the requests of one second at once, and then refills at the given rate', () => {
  const buckets = new TokenBuckets(4);
  for (let i = 0; i < 4; i++) assert.equal(buckets.take('a', 1000), 0);
  assert.equal(buckets.take('a', 1000), 0.25);
  assert.equal(buckets.take('b', 1000), 0);
  assert.equal(buckets.take('a', 1250), 0);
  assert.ok(buckets.take('a', 1250) > 0);
});

test('a token bucket with a rate below one per second allows a single request', () => {
  const buckets = new TokenBuckets(0.5);
  assert.equal(buckets.take('a', 0), 0);
  assert.equal(buckets.take('a', 0), 2);
  assert.equal(buckets.take('a', 2000), 0);
});
