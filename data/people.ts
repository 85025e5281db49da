import { en, Faker } from '@faker-js/faker';

/**
 * A faker that generates the same data for the same seed: `seededFaker(1).person.fullName()`. Dates do not depend on
 * today.
 */
export function seededFaker(seed: number): Faker {
  const faker = new Faker({ locale: en });
  faker.seed(seed);
  faker.setDefaultRefDate('2025-01-06T09:00:00.000Z');
  return faker;
}

/**
 * Rows for `datasets`, generated with faker:
 *
 *     export const datasets: Datasets = {
 *       orders: fakerRows(1000, (faker) => JSON.stringify({ customer: faker.person.fullName() })),
 *     };
 *
 * @param count number of rows
 * @param rowOf returns one row; all rows share the same faker
 */
export const fakerRows =
  (count: number, rowOf: (faker: Faker) => string): ((seed: number) => string[]) =>
  (seed) => {
    const faker = seededFaker(seed);
    return Array.from({ length: count }, () => rowOf(faker));
  };

const PHONES = 100_000_000;
/** Step between phone numbers. It is coprime to PHONES, so that all multiples modulo PHONES are distinct. */
const STRIDE = 61_803_399;

/**
 * The phone number of the n-th person: `phoneOf(0, seed)` is like `+447700000001`. Numbers are distinct for every n
 * below 100 million, and not in ascending order.
 * @param n from 0
 */
export function phoneOf(n: number, seed: number): string {
  const scattered = (((n * STRIDE) % PHONES) + (seed % PHONES)) % PHONES;
  return `+4477${String(scattered).padStart(8, '0')}`;
}
