import { type Datasets, fakerRows } from 'load-suite/data';

const NEW_BOOKINGS = 2000;
/** Ids of readers that accept bookings. */
const READERS = [1, 2, 3, 4, 6, 7, 8, 9];

export const datasets: Datasets = {
  /** Bodies of bookings with a reader. */
  'new-bookings': fakerRows(NEW_BOOKINGS, (faker) =>
    JSON.stringify({
      readerId: faker.helpers.arrayElement(READERS),
      customerName: faker.person.fullName(),
      startsAt: faker.date.soon({ days: 60 }).toISOString(),
    }),
  ),
};
