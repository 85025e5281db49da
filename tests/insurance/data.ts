import { type Datasets, drawn } from 'load-suite/data';

const PEOPLE = 1000;

export const datasets: Datasets = {
  /** Names of those who register. */
  names: drawn(PEOPLE, (faker) => faker.person.fullName()),
};
