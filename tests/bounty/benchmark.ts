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
  listBounties,
  listNotifications,
  newestNotifications,
  openBounties,
  payFifty,
  product,
  readAnalytics,
  readBalance,
  readHealth,
  session,
  signIn,
  signInAsAnyone,
} from './product.ts';

interface Operation {
  phase: string;
  endpoint: Endpoint;
  /** Instead of a call without parameters. */
  call?: () => CallResult;
  samples: number;
  /** Two to five times what its limit allows: what is too slow still comes to its end, and is told to be slow. */
  within: string;
  /** Of its mean when it is the only one, by how much it has to do. */
  limit: string;
}

const OF_USERS: readonly Endpoint[] = [readBalance, listNotifications, createIntent];
const bounties = { endpoint: listBounties, call: openBounties };
const newest = { endpoint: listNotifications, call: newestNotifications };
const payments = { endpoint: createIntent, call: payFifty };

const operations: Operation[] = [
  { phase: 'health', endpoint: readHealth, samples: 200, within: '10s', limit: '10ms' },
  { phase: 'list-bounties', ...bounties, samples: 100, within: '20s', limit: '50ms' },
  { phase: 'wallet-balance', endpoint: readBalance, samples: 100, within: '20s', limit: '50ms' },
  { phase: 'notifications', ...newest, samples: 100, within: '20s', limit: '50ms' },
  { phase: 'analytics', endpoint: readAnalytics, samples: 100, within: '40s', limit: '200ms' },
  { phase: 'payment-intents', ...payments, samples: 50, within: '60s', limit: '500ms' },
];

/** Signs a VU in before its first operation: of the requests in that phase, one more. */
const signedIn: Traffic = {
  uses: () => each([visit(1, signIn, signInAsAnyone)]).uses(),
  iterate: () => {
    if (!session.isHeld()) signInAsAnyone();
  },
};

const trafficOf = ({ endpoint, call = () => endpoint.call() }: Operation): Traffic => {
  const operation = each([visit(1, endpoint, call)]);
  return OF_USERS.includes(endpoint) ? inSequence(signedIn, operation) : operation;
};

const criterionOf = ({ phase, endpoint, limit }: Operation): Criterion =>
  during([phase], forEndpoint(endpoint.name, meanBelow(limit)));

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'benchmark',
  description: 'each operation by itself, again and again',
  workload: sequential(operations),
  traffic: Object.fromEntries(operations.map((operation) => [operation.phase, trafficOf(operation)])),
  criteria: [errorRateBelow(0.01), ...operations.map(criterionOf)],
});
