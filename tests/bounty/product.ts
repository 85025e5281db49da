import {
  anyOf,
  bearer,
  type CallResult,
  defineVariables,
  endpoint,
  heldToken,
  none,
  type Product,
  random,
} from 'load-suite';
import account from './contracts/account.schema.json';
import analytics from './contracts/analytics.schema.json';
import balance from './contracts/balance.schema.json';
import bounties from './contracts/bounties.schema.json';
import bounty from './contracts/bounty.schema.json';
import counts from './contracts/counts.schema.json';
import health from './contracts/health.schema.json';
import intent from './contracts/intent.schema.json';
import notifications from './contracts/notifications.schema.json';
import signedIn from './contracts/session.schema.json';
import transactions from './contracts/transactions.schema.json';
import unread from './contracts/unread.schema.json';

const variables = defineVariables({
  ADMIN_TOKEN: {
    kind: 'secret',
    description: 'bearer token for the admin endpoints',
    expects: 'a token without white space',
    local: 'local-admin-token',
  },
  TEST_ACCOUNTS: {
    kind: 'list',
    description: 'email addresses of the accounts that users sign in with',
    expects: 'a comma-separated list of email addresses',
    local: 'user-1@example.com,user-2@example.com,user-3@example.com',
  },
  TEST_PASSWORD: {
    kind: 'secret',
    description: 'password of the test accounts',
    expects: 'a password without white space',
    local: 'local-test-password',
  },
});

const admin = bearer(variables.ADMIN_TOKEN);

export const product: Product = {
  name: 'bounty',
  target: {
    healthPath: '/health',
    metricsPath: '/metrics',
    probes: [{ what: 'admin token', path: '/admin/metrics', auth: admin }],
  },
  cleanup: { through: 'api', path: '/admin/load-runs/:run', auth: admin },
};

/** The session of the VU's current user. Each iteration of a flow is a new user. */
export const session = heldToken();

const userEndpoint = { auth: session.credentials, refusals: [401] };
const adminEndpoint = { auth: admin, refusals: [401, 403] };

export const readHealth = endpoint('GET /health', { auth: none, has: 'status' });

/** Tolerates 503: the service reports that a dependency is down, which is a valid response. */
export const readDetailedHealth = endpoint('GET /health/detailed', {
  auth: none,
  toleratedStatuses: [503],
  has: 'status',
  contract: health,
});

export const readMetrics = endpoint('GET /metrics/json', {
  auth: none,
  has: 'metrics.requests',
  contract: counts,
});

export const signIn = endpoint('POST /auth/sign-in', {
  auth: none,
  refusals: [401],
  has: 'token',
  contract: signedIn,
});

export const readProfile = endpoint('GET /api/profile', { ...userEndpoint, has: 'email', contract: account });

export const listBounties = endpoint('GET /api/bounties', {
  auth: none,
  has: 'bounties.#',
  contract: bounties,
});

/** Tolerates 404, because not every random id has a bounty. */
export const readBounty = endpoint('GET /api/bounties/:id', {
  auth: none,
  toleratedStatuses: [404],
  has: 'id',
  contract: bounty,
});

export const readBalance = endpoint('GET /wallet/balance', {
  ...userEndpoint,
  has: 'balanceCents',
  contract: balance,
});

export const listTransactions = endpoint('GET /wallet/transactions', {
  ...userEndpoint,
  has: 'transactions.#',
  contract: transactions,
});

export const listNotifications = endpoint('GET /notifications', {
  ...userEndpoint,
  has: 'notifications.#',
  contract: notifications,
});

export const countUnread = endpoint('GET /notifications/unread-count', {
  ...userEndpoint,
  has: 'unread',
  contract: unread,
});

export const createIntent = endpoint('POST /api/payments/create-intent', {
  auth: session.credentials,
  expectedStatus: 201,
  has: 'id',
  creates: 'payment-intent',
  contract: intent,
});

export const readAdminMetrics = endpoint('GET /admin/metrics', {
  ...adminEndpoint,
  has: 'metrics.requests',
  contract: counts,
});

export const readAnalytics = endpoint('GET /admin/analytics/metrics', {
  ...adminEndpoint,
  has: 'bounties.#',
  contract: analytics,
});

const credentials = variables.TEST_ACCOUNTS.value.map((email) =>
  JSON.stringify({ email, password: variables.TEST_PASSWORD.value }),
);

/** Signs in with a random account, and keeps the token if the target returns one. */
export function signInAsRandomUser(): CallResult {
  const response = signIn.call('', anyOf(credentials));
  session.setFrom(response, 'token');
  return response;
}

/** Larger than the number of bounties, so that some requests ask for an id that does not exist. */
const ID_RANGE = 6000;

export const randomBountyId = (): string => String(1 + ((random() * ID_RANGE) | 0));

export const listOpenBounties = (): CallResult => listBounties.call('', undefined, '?limit=20&status=open');

export const listNewestNotifications = (): CallResult => listNotifications.call('', undefined, '?limit=50');

const payment = JSON.stringify({ amountCents: 5000 });

export const createPayment = (): CallResult => createIntent.call('', payment);
