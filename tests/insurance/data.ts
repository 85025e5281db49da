import { drawn } from '../../data/people.ts';
import type { Datasets } from '../../data/rows.ts';

const PEOPLE = 1000;

export const datasets: Datasets = {
  /** Names of those who register. */
  names: drawn(PEOPLE, (faker) => faker.person.fullName()),
};
