import { type Datasets, fakerRows } from 'load-suite/data';

const NEW_APPLICATIONS = 1000;
const CREATORS = 60;

export const datasets: Datasets = {
  /** Bodies of applications of a creator to a campaign. */
  'new-applications': fakerRows(NEW_APPLICATIONS, (faker) =>
    JSON.stringify({
      creatorId: faker.number.int({ min: 1, max: CREATORS }),
      message: faker.lorem.sentence(),
    }),
  ),
};
