import {
  type CallResult,
  type Criterion,
  defineTest,
  during,
  type Endpoint,
  each,
  errorRateBelow,
  forEndpoint,
  inSequence,
  meanBelow,
  sequential,
  type Traffic,
  visit,
} from 'load-suite';
import {
  createIntent,
  createPayment,
  listBounties,
  listNewestNotifications,
  listNotifications,
  listOpenBounties,
  product,
  readAnalytics,
  readBalance,
  readHealth,
  session,
  signIn,
  signInAsRandomUser,
} from './product.ts';

interface Operation {
  phase: string;
  endpoint: Endpoint;
  /** By default, the endpoint is called without parameters. */
  call?: () => CallResult;
  samples: number;
  /** Maximum duration of the phase: several times what the limit allows, so that slow operations still finish. */
  within: string;
  /** Limit of the mean response time when no other requests are running. */
  limit: string;
}

const SIGNED_IN_ENDPOINTS: readonly Endpoint[] = [readBalance, listNotifications, createIntent];
const bounties = { endpoint: listBounties, call: listOpenBounties };
const notifications = { endpoint: listNotifications, call: listNewestNotifications };
const payments = { endpoint: createIntent, call: createPayment };

const operations: Operation[] = [
  { phase: 'health', endpoint: readHealth, samples: 200, within: '10s', limit: '10ms' },
  { phase: 'list-bounties', ...bounties, samples: 100, within: '20s', limit: '50ms' },
  { phase: 'wallet-balance', endpoint: readBalance, samples: 100, within: '20s', limit: '50ms' },
  { phase: 'notifications', ...notifications, samples: 100, within: '20s', limit: '50ms' },
  { phase: 'analytics', endpoint: readAnalytics, samples: 100, within: '40s', limit: '200ms' },
  { phase: 'payment-intents', ...payments, samples: 50, within: '60s', limit: '500ms' },
];

/** Signs the VU in once. This adds one request to the phase. */
const ensureSignedIn: Traffic = {
  uses: () => each([visit(1, signIn, signInAsRandomUser)]).uses(),
  iterate: () => {
    if (!session.isHeld()) signInAsRandomUser();
  },
};

const trafficOf = ({ endpoint, call = () => endpoint.call() }: Operation): Traffic => {
  const operation = each([visit(1, endpoint, call)]);
  return SIGNED_IN_ENDPOINTS.includes(endpoint) ? inSequence(ensureSignedIn, operation) : operation;
};

const criterionOf = ({ phase, endpoint, limit }: Operation): Criterion =>
  during([phase], forEndpoint(endpoint.name, meanBelow(limit)));

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'benchmark',
  description: 'each operation repeatedly, without other load',
  workload: sequential(operations),
  traffic: Object.fromEntries(operations.map((operation) => [operation.phase, trafficOf(operation)])),
  criteria: [errorRateBelow(0.01), ...operations.map(criterionOf)],
});
