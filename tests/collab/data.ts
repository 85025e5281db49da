import { seededFaker } from '../../data/people.ts';
import type { Datasets } from '../../data/rows.ts';

const NEW_APPLICATIONS = 1000;
const CREATORS = 60;

export const datasets: Datasets = {
  /** Bodies with which a creator applies to a campaign. */
  'new-applications': (seed) => {
    const faker = seededFaker(seed);
    return Array.from({ length: NEW_APPLICATIONS }, () =>
      JSON.stringify({
        creatorId: faker.number.int({ min: 1, max: CREATORS }),
        message: faker.lorem.sentence(),
      }),
    );
  },
};
