import { anyOf, bearer, dataset, defineVariables, endpoint, mix, none, type Product, visit } from 'load-suite';
import booking from './contracts/booking.schema.json';
import categories from './contracts/categories.schema.json';
import readers from './contracts/readers.schema.json';
import reading from './contracts/reading.schema.json';

const variables = defineVariables({
  ADMIN_TOKEN: {
    kind: 'secret',
    description: 'bearer token for the admin endpoints',
    expects: 'a token without white space',
    local: 'local-admin-token',
  },
});

const admin = bearer(variables.ADMIN_TOKEN);

export const product: Product = {
  name: 'tarot',
  target: {
    healthPath: '/api/health',
    metricsPath: '/metrics',
    probes: [{ what: 'admin token', path: '/api/admin/readers', auth: admin }],
    configuration: { path: '/admin/configuration', auth: admin },
  },
  cleanup: { through: 'api', path: '/admin/load-runs/:run', auth: admin },
};

/** The service limits the rate of each client, so 429 does not count as an error. */
const refusals = [429];
const unauthorized = { variant: 'unauthorized', auth: none, expectedStatus: 401, has: 'error', refusals };

const readHealth = endpoint('GET /api/health', { auth: none, has: 'status', refusals });

const readReading = endpoint('GET /api/daily-zodiac/:sign', {
  auth: none,
  has: 'reading',
  refusals,
  contract: reading,
});

const readUnknownSign = endpoint('GET /api/daily-zodiac/:sign', {
  variant: 'no such sign',
  auth: none,
  expectedStatus: 404,
  has: 'error',
  refusals,
});

const listCategories = endpoint('GET /api/config/categories', {
  auth: none,
  has: 'categories.#',
  refusals,
  contract: categories,
});

const listReaders = endpoint('GET /api/admin/readers', {
  auth: admin,
  has: 'readers.#',
  refusals,
  contract: readers,
});

const listReadersUnauthorized = endpoint('GET /api/admin/readers', unauthorized);

const book = endpoint('POST /api/bookings', {
  auth: admin,
  expectedStatus: 201,
  has: 'confirmation',
  refusals,
  creates: 'booking',
  contract: booking,
});

const bookUnauthorized = endpoint('POST /api/bookings', unauthorized);

const SIGNS = ['aries', 'cancer', 'leo', 'libra', 'pisces', 'taurus'];
const UNKNOWN_SIGN = 'ophiuchus';

const newBookings = dataset('tarot/new-bookings');

/** Shares of requests in production, in percent: health 31.4, zodiac 25.2, categories 19.8, readers 14.4, bookings 9.2. */
export const visits = [
  visit(31.4, readHealth, (it) => it.call()),
  visit(15.2, readReading, (it) => it.call(anyOf(SIGNS))),
  visit(10, readUnknownSign, (it) => it.call(UNKNOWN_SIGN)),
  visit(19.8, listCategories, (it) => it.call()),
  visit(5.4, listReaders, (it) => it.call()),
  visit(9, listReadersUnauthorized, (it) => it.call()),
  visit(5.2, book, (it) => it.call('', newBookings.next())),
  visit(4, bookUnauthorized, (it) => it.call('', newBookings.next())),
];

/** Without think time, because the workload sets the rate of requests. */
export const usualTraffic = mix(visits);
