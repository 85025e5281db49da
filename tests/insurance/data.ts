import { type Datasets, fakerRows } from 'load-suite/data';

const PEOPLE = 1000;

export const datasets: Datasets = {
  /** Names of agents and members. */
  names: fakerRows(PEOPLE, (faker) => faker.person.fullName()),
};
