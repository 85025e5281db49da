import { type Datasets, fakerRows } from 'load-suite/data';

const NEW_BOOKINGS = 2000;
/** Of the readers of the service, some that take bookings. */
const READERS = [1, 2, 3, 4, 6, 7, 8, 9];

export const datasets: Datasets = {
  /** Bodies with which an appointment with a reader is booked. */
  'new-bookings': fakerRows(NEW_BOOKINGS, (faker) =>
    JSON.stringify({
      readerId: faker.helpers.arrayElement(READERS),
      customerName: faker.person.fullName(),
      startsAt: faker.date.soon({ days: 60 }).toISOString(),
    }),
  ),
};
