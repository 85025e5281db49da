import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phoneOf, seededFaker } from './people.ts';

test('the same seed gives the same person, and another seed gives a different one', () => {
  const name = (seed: number) => seededFaker(seed).person.fullName();
  assert.equal(name(1), name(1));
  assert.notEqual(name(1), name(2));
});

test('dates do not depend on today', () => {
  assert.equal(seededFaker(1).date.soon().getFullYear(), 2025);
});

test('every person has a different phone number', () => {
  const phones = new Set(Array.from({ length: 200_000 }, (_, n) => phoneOf(n, 42)));
  assert.equal(phones.size, 200_000);
  for (const phone of phones) assert.match(phone, /^\+4477\d{8}$/);
});
