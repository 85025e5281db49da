import { type CallResult, type Endpoint, flow, observedStep, type Step, step } from 'load-suite';
import {
  countUnread,
  listBounties,
  listNotifications,
  listOpenBounties,
  listTransactions,
  randomBountyId,
  readAdminMetrics,
  readAnalytics,
  readBalance,
  readBounty,
  readDetailedHealth,
  readHealth,
  readMetrics,
  readProfile,
  session,
  signIn,
  signInAsRandomUser,
} from '../product.ts';

/** Every iteration is a new user, who has not signed in yet. */
const startSignedOut = () => session.clear();

/** If the target refuses a request by design, the flow continues with the steps that need no account. */
const acceptRefusal = ({ ok, refused, reason }: CallResult) => ({ ok: ok || refused, reason });

const userStep = (name: string, call: () => CallResult): Step<void> => step(name, () => acceptRefusal(call()));

/** A step that requires a signed-in user. It is skipped if the sign-in was refused. */
const signedInStep = (name: string, endpoint: Endpoint): Step<void> => {
  const { run } = userStep(name, () => endpoint.call());
  return observedStep(name, () => (session.isHeld() ? run() : null));
};

/** A user browses the bounties. */
export const core = flow('core', {
  endpoints: [readHealth, signIn, readProfile, listBounties, readBounty],
  begin: startSignedOut,
  steps: [
    userStep('health', () => readHealth.call()),
    userStep('sign-in', signInAsRandomUser),
    signedInStep('profile', readProfile),
    userStep('list-bounties', listOpenBounties),
    userStep('read-bounty', () => readBounty.call(randomBountyId())),
  ],
});

/** A user checks the wallet. */
export const payments = flow('payments', {
  endpoints: [signIn, readBalance, listTransactions],
  begin: startSignedOut,
  steps: [
    userStep('sign-in', signInAsRandomUser),
    signedInStep('balance', readBalance),
    signedInStep('transactions', listTransactions),
  ],
});

/** A user reads notifications. */
export const notifications = flow('notifications', {
  endpoints: [signIn, listNotifications, countUnread],
  begin: startSignedOut,
  steps: [
    userStep('sign-in', signInAsRandomUser),
    signedInStep('notifications', listNotifications),
    signedInStep('unread-count', countUnread),
  ],
});

export const administration = flow('admin', {
  endpoints: [readAdminMetrics, readAnalytics],
  begin: startSignedOut,
  steps: [userStep('metrics', () => readAdminMetrics.call()), userStep('analytics', () => readAnalytics.call())],
});

/** The requests of a monitoring system, which also cause load. */
export const monitoring = flow('health', {
  endpoints: [readHealth, readDetailedHealth, readMetrics],
  begin: startSignedOut,
  steps: [
    userStep('health', () => readHealth.call()),
    userStep('detailed-health', () => readDetailedHealth.call()),
    userStep('metrics', () => readMetrics.call()),
  ],
});
