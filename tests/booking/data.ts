import { type Datasets, phoneOf, seededFaker } from 'load-suite/data';

const CUSTOMERS = 20_000;
const NEW_BOOKINGS = 5_000;

const SERVICES = ['haircut', 'colour', 'blow-dry', 'manicure', 'pedicure', 'facial', 'massage', 'beard trim'];
const WISHES = [
  'Hi, can I book a {service} on {day} at {time}?',
  'Do you have anything free for a {service} {day} around {time}',
  '{service} please, {day} {time} if possible. Thanks!',
  'I would like to book a {service} for {day}, {time}',
];

const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  timeZone: 'UTC',
});

const customers = (seed: number, count: number) => {
  const faker = seededFaker(seed);
  return Array.from({ length: count }, (_, n) => ({
    phone: phoneOf(n, seed),
    name: faker.person.fullName(),
    service: faker.helpers.arrayElement(SERVICES),
    wish: faker.helpers.arrayElement(WISHES),
    startsAt: new Date(Math.round(faker.date.soon({ days: 60 }).getTime() / 900_000) * 900_000),
  }));
};

export const datasets: Datasets = {
  /** Messages as WhatsApp delivers them, from customers all distinct; `{{salon}}` and `{{id}}` are filled in when sent. */
  messages: (seed) =>
    customers(seed, CUSTOMERS).map(({ phone, name, service, wish, startsAt }) => {
      const body = wish
        .replace('{service}', service)
        .replace('{day}', day.format(startsAt))
        .replace('{time}', startsAt.toISOString().slice(11, 16));
      return JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '{{salon}}',
            changes: [
              {
                field: 'messages',
                value: {
                  messaging_product: 'whatsapp',
                  contacts: [{ wa_id: phone.slice(1), profile: { name } }],
                  messages: [
                    { id: '{{id}}', from: phone, timestamp: '1736154000', type: 'text', text: { body } },
                  ],
                },
              },
            ],
          },
        ],
      });
    }),

  /** Bodies with which an admin makes a booking by hand, for other people than those who write. */
  'new-bookings': (seed) =>
    customers(seed + 1, NEW_BOOKINGS).map(({ name, service, startsAt }, n) =>
      JSON.stringify({
        customerPhone: phoneOf(CUSTOMERS + n, seed),
        customerName: name,
        service,
        startsAt: startsAt.toISOString(),
      }),
    ),
};
