import { en, Faker } from '@faker-js/faker';

/** A faker that generates the same rows for the same seed, dates included: it never reads the clock. */
export function seededFaker(seed: number): Faker {
  const faker = new Faker({ locale: en });
  faker.seed(seed);
  faker.setDefaultRefDate('2025-01-06T09:00:00.000Z');
  return faker;
}

/**
 * Rows for `datasets`: `rowOf` is called for each row with one faker.
 * @param count number of rows
 */
export const fakerRows =
  (count: number, rowOf: (faker: Faker) => string): ((seed: number) => string[]) =>
  (seed) => {
    const faker = seededFaker(seed);
    return Array.from({ length: count }, () => rowOf(faker));
  };

const PHONES = 100_000_000;
/** Coprime to the number of phones, so that the walk over them meets each exactly once. */
const STRIDE = 61_803_399;

/**
 * Phone number of the n-th person: distinct for every n below 100 million, and not in order.
 * @param n from 0 on
 */
export function phoneOf(n: number, seed: number): string {
  const scattered = (((n * STRIDE) % PHONES) + (seed % PHONES)) % PHONES;
  return `+4477${String(scattered).padStart(8, '0')}`;
}
