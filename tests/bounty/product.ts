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
    description: 'accounts with which users sign in',
    expects: 'email addresses with commas between',
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

/** Of the user that a VU is; the next iteration is another one. */
export const session = heldToken();

const ofUser = { auth: session.credentials, refusals: [401] };
const ofAdmin = { auth: admin, refusals: [401, 403] };

export const readHealth = endpoint('GET /health', { auth: none, has: 'status' });

/** A service that knows what it lacks answers 503, and has answered. */
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

export const readProfile = endpoint('GET /api/profile', { ...ofUser, has: 'email', contract: account });

export const listBounties = endpoint('GET /api/bounties', {
  auth: none,
  has: 'bounties.#',
  contract: bounties,
});

/** Not every id that is asked for has a bounty. */
export const readBounty = endpoint('GET /api/bounties/:id', {
  auth: none,
  toleratedStatuses: [404],
  has: 'id',
  contract: bounty,
});

export const readBalance = endpoint('GET /wallet/balance', {
  ...ofUser,
  has: 'balanceCents',
  contract: balance,
});

export const listTransactions = endpoint('GET /wallet/transactions', {
  ...ofUser,
  has: 'transactions.#',
  contract: transactions,
});

export const listNotifications = endpoint('GET /notifications', {
  ...ofUser,
  has: 'notifications.#',
  contract: notifications,
});

export const countUnread = endpoint('GET /notifications/unread-count', {
  ...ofUser,
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
  ...ofAdmin,
  has: 'metrics.requests',
  contract: counts,
});

export const readAnalytics = endpoint('GET /admin/analytics/metrics', {
  ...ofAdmin,
  has: 'bounties.#',
  contract: analytics,
});

const credentials = variables.TEST_ACCOUNTS.value.map((email) =>
  JSON.stringify({ email, password: variables.TEST_PASSWORD.value }),
);

/** Signs in as one of the accounts, and holds the token where it is given one. */
export function signInAsAnyone(): CallResult {
  const answer = signIn.call('', anyOf(credentials));
  session.setFrom(answer, 'token');
  return answer;
}

/** Ids are drawn from a range that is wider than what there is. */
const ID_RANGE = 6000;

export const anyBounty = (): string => String(1 + ((random() * ID_RANGE) | 0));

export const openBounties = (): CallResult => listBounties.call('', undefined, '?limit=20&status=open');

export const newestNotifications = (): CallResult => listNotifications.call('', undefined, '?limit=50');

const payment = JSON.stringify({ amountCents: 5000 });

export const payFifty = (): CallResult => createIntent.call('', payment);
