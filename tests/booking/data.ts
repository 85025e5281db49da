import { type Datasets, phoneOf, seededFaker } from 'load-suite/data';

const CUSTOMERS = 20_000;
const NEW_BOOKINGS = 5_000;

const SERVICES = ['haircut', 'colour', 'blow-dry', 'manicure', 'pedicure', 'facial', 'massage', 'beard trim'];
const MESSAGE_TEMPLATES = [
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
    template: faker.helpers.arrayElement(MESSAGE_TEMPLATES),
    // On the quarter hour.
    startsAt: new Date(Math.round(faker.date.soon({ days: 60 }).getTime() / 900_000) * 900_000),
  }));
};

export const datasets: Datasets = {
  /** Webhook bodies of WhatsApp, each from a different customer. The test replaces `{{salon}}` and `{{id}}` when it sends one. */
  messages: (seed) =>
    customers(seed, CUSTOMERS).map(({ phone, name, service, template, startsAt }) => {
      const body = template
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
                  messages: [{ id: '{{id}}', from: phone, timestamp: '1736154000', type: 'text', text: { body } }],
                },
              },
            ],
          },
        ],
      });
    }),

  /** Bodies of bookings that an admin creates. Their customers differ from those of the messages. */
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
