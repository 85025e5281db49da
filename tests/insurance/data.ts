import { seededFaker } from '../../data/people.ts';
import type { Datasets } from '../../data/rows.ts';

const PEOPLE = 1000;

export const datasets: Datasets = {
  /** Names of those who register. */
  names: (seed) => {
    const faker = seededFaker(seed);
    return Array.from({ length: PEOPLE }, () => faker.person.fullName());
  },
};
