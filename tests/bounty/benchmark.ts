import {
  type Answer,
  at,
  type Criterion,
  defineTest,
  during,
  type Endpoint,
  each,
  errorRateBelow,
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

/** What an operation takes on average when it is the only one, by how much it has to do. */
const LIMITS = { health: '10ms', simple: '50ms', complex: '200ms', payment: '500ms' };

interface Operation {
  phase: string;
  endpoint: Endpoint;
  call: () => Answer;
  samples: number;
  /** Two to five times what its limit allows: what is too slow still comes to its end, and is told to be slow. */
  within: string;
  limit: string;
  needsAccount?: true;
}

const operations: Operation[] = [
  {
    phase: 'health',
    endpoint: readHealth,
    call: () => readHealth.call(),
    samples: 200,
    within: '10s',
    limit: LIMITS.health,
  },
  {
    phase: 'list-bounties',
    endpoint: listBounties,
    call: openBounties,
    samples: 100,
    within: '20s',
    limit: LIMITS.simple,
  },
  {
    phase: 'wallet-balance',
    endpoint: readBalance,
    call: () => readBalance.call(),
    samples: 100,
    within: '20s',
    limit: LIMITS.simple,
    needsAccount: true,
  },
  {
    phase: 'notifications',
    endpoint: listNotifications,
    call: newestNotifications,
    samples: 100,
    within: '20s',
    limit: LIMITS.simple,
    needsAccount: true,
  },
  {
    phase: 'analytics',
    endpoint: readAnalytics,
    call: () => readAnalytics.call(),
    samples: 100,
    within: '40s',
    limit: LIMITS.complex,
  },
  {
    phase: 'payment-intents',
    endpoint: createIntent,
    call: payFifty,
    samples: 50,
    within: '60s',
    limit: LIMITS.payment,
    needsAccount: true,
  },
];

/** Signs a VU in before its first operation: of the requests in that phase, one more. */
const signedIn: Traffic = {
  touches: () => each([visit(1, signIn, signInAsAnyone)]).touches(),
  iterate: () => {
    if (!session.isHeld()) signInAsAnyone();
  },
};

const trafficOf = ({ endpoint, call, needsAccount }: Operation): Traffic => {
  const operation = each([visit(1, endpoint, call)]);
  return needsAccount ? inSequence(signedIn, operation) : operation;
};

const criterionOf = ({ phase, endpoint, limit }: Operation): Criterion =>
  during([phase], at(endpoint.name, meanBelow(limit)));

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'benchmark',
  description: 'each operation by itself, again and again',
  workload: sequential(operations),
  traffic: Object.fromEntries(operations.map((operation) => [operation.phase, trafficOf(operation)])),
  criteria: [errorRateBelow(0.01), ...operations.map(criterionOf)],
});
