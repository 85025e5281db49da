import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phoneOf, seededFaker } from './people.ts';

test('seededFaker gives the same person for the same seed, and a different one for another seed', () => {
  const name = (seed: number) => seededFaker(seed).person.fullName();
  assert.equal(name(1), name(1));
  assert.notEqual(name(1), name(2));
});

test('dates from seededFaker do not depend on the current date', () => {
  assert.equal(seededFaker(1).date.soon().getFullYear(), 2025);
});

test('phoneOf gives every person a different number', () => {
  const phones = new Set(Array.from({ length: 200_000 }, (_, n) => phoneOf(n, 42)));
  assert.equal(phones.size, 200_000);
  for (const phone of phones) assert.match(phone, /^\+4477\d{8}$/);
});
