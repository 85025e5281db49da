import { type Datasets, fakerRows } from 'load-suite/data';

const PEOPLE = 1000;

export const datasets: Datasets = {
  /** Names of those who register. */
  names: fakerRows(PEOPLE, (faker) => faker.person.fullName()),
};
