import {
  anyOf,
  bearer,
  dataset,
  defineVariables,
  each,
  endpoint,
  mix,
  type Product,
  perVU,
  signed,
  visit,
  withThinkTime,
  wrongSignature,
} from 'load-suite';
import analytics from './contracts/analytics.schema.json';
import booking from './contracts/booking.schema.json';
import bookings from './contracts/bookings.schema.json';
import job from './contracts/job.schema.json';
import messages from './contracts/messages.schema.json';
import receipt from './contracts/receipt.schema.json';
import stats from './contracts/stats.schema.json';

const SIGNATURE_HEADER = 'X-Hub-Signature-256';
const variables = defineVariables({
  ADMIN_TOKEN: {
    kind: 'secret',
    description: 'bearer token for the admin endpoints',
    expects: 'a token without white space',
    local: 'local-admin-token',
  },
  WEBHOOK_SECRET: {
    kind: 'secret',
    description: 'key of the HMAC-SHA256 signature over a webhook body',
    expects: 'a key without white space',
    local: 'local-webhook-secret',
  },
  SALON_IDS: { kind: 'ids', description: 'salons that receive traffic', default: '1-50' },
});

const admin = bearer(variables.ADMIN_TOKEN);
const webhookSignature = signed(variables.WEBHOOK_SECRET, SIGNATURE_HEADER);

const salons = variables.SALON_IDS.value;

export const product: Product = {
  name: 'booking',
  target: {
    healthPath: '/health',
    metricsPath: '/metrics',
    probes: [
      { what: 'admin token', path: `/admin/stats/${salons[0]}`, auth: admin },
      {
        what: 'webhook signature',
        method: 'POST',
        path: '/webhook/whatsapp',
        body: '{"object":"whatsapp_business_account","entry":[]}',
        auth: webhookSignature,
        // The target checks the signature first. It may then accept or reject this empty notification.
        acceptedStatuses: [200, 202, 400],
      },
    ],
  },
  cleanup: { through: 'api', path: '/admin/load-runs/:run', auth: admin },
};

export const listBookings = endpoint('GET /admin/bookings/:id', {
  auth: admin,
  has: 'bookings.#',
  contract: bookings,
});

export const readStats = endpoint('GET /admin/stats/:id', {
  auth: admin,
  has: 'bookings.total',
  contract: stats,
});

export const listMessages = endpoint('GET /admin/messages/:id', {
  auth: admin,
  has: 'messages.#',
  contract: messages,
});

export const readAnalytics = endpoint('GET /admin/ai/analytics/:id', {
  auth: admin,
  has: 'intents.#',
  contract: analytics,
});

export const createBooking = endpoint('POST /admin/bookings/:id', {
  auth: admin,
  expectedStatus: 201,
  has: 'id',
  contract: booking,
  creates: 'booking',
});

export const receiveMessage = endpoint('POST /webhook/whatsapp', {
  auth: webhookSignature,
  expectedStatus: 202,
  has: 'jobId',
  contract: receipt,
  creates: 'job',
});

/** The target must refuse a forged message. The 401 is expected, so it does not count as an error. */
export const receiveForgedMessage = endpoint('POST /webhook/whatsapp', {
  variant: 'wrong signature',
  auth: wrongSignature(SIGNATURE_HEADER),
  expectedStatus: 401,
  has: 'error',
});

/** The progress of the job for a message. A target that keeps no traces responds with 404. */
export const followJob = endpoint('GET /webhook/jobs/:id', {
  auth: admin,
  toleratedStatuses: [404],
  has: 'state',
  contract: job,
});

const newBookings = dataset('booking/new-bookings');
const incomingMessages = dataset('booking/messages');

/** Makes message ids unique across VUs and runs. A target may ignore an id that it has already received. */
const messageIdPrefix = perVU((vu) => `wamid.${Date.now().toString(36)}.${vu}.`);
let messagesSent = 0;

export const randomSalon = (): string => anyOf(salons);

/** The webhook body of the next customer's message to a salon. */
export function nextMessage(salon: string): string {
  messagesSent += 1;
  return incomingMessages
    .next()
    .replace('{{salon}}', salon)
    .replace('{{id}}', messageIdPrefix() + messagesSent);
}

/** The requests that the service receives on a normal day, with their shares in percent. */
export const visits = [
  visit(25, listBookings, (it) => it.call(randomSalon())),
  visit(20, readStats, (it) => it.call(randomSalon())),
  visit(20, listMessages, (it) => it.call(randomSalon())),
  visit(14.7, receiveMessage, (it) => it.call('', nextMessage(randomSalon()))),
  visit(0.3, receiveForgedMessage, (it) => it.call('', nextMessage(randomSalon()))),
  visit(10, readAnalytics, (it) => it.call(randomSalon())),
  visit(10, createBooking, (it) => it.call(randomSalon(), newBookings.next())),
];

export const usualTraffic = withThinkTime(mix(visits));

/** For probes: the cheapest request that still reads the database. */
export const singleRead = each([visit(1, readStats, (it) => it.call(randomSalon()))]);
