import { type CallResult, type Endpoint, flow, observedStep, type Step, step } from 'load-suite';
import {
  anyBounty,
  countUnread,
  listBounties,
  listNotifications,
  listTransactions,
  openBounties,
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
  signInAsAnyone,
} from '../product.ts';

/** Every iteration is another user, whom nobody has signed in yet. */
const begin = () => session.clear();

/** A refusal by design is an answer like others: the user goes on with what takes no account. */
const answered = ({ ok, refused, reason }: CallResult) => ({ ok: ok || refused, reason });

const ask = (name: string, call: () => CallResult): Step<void> => step(name, () => answered(call()));

/** A step of who has signed in; without a token it is left out. */
const askSignedIn = (name: string, endpoint: Endpoint): Step<void> => {
  const { run } = ask(name, () => endpoint.call());
  return observedStep(name, () => (session.isHeld() ? run() : null));
};

/** Comes to look for work. */
export const core = flow('core', {
  endpoints: [readHealth, signIn, readProfile, listBounties, readBounty],
  begin,
  steps: [
    ask('health', () => readHealth.call()),
    ask('sign-in', signInAsAnyone),
    askSignedIn('profile', readProfile),
    ask('list-bounties', openBounties),
    ask('read-bounty', () => readBounty.call(anyBounty())),
  ],
});

/** Looks after the wallet. */
export const payments = flow('payments', {
  endpoints: [signIn, readBalance, listTransactions],
  begin,
  steps: [
    ask('sign-in', signInAsAnyone),
    askSignedIn('balance', readBalance),
    askSignedIn('transactions', listTransactions),
  ],
});

/** Looks what is new. */
export const notifications = flow('notifications', {
  endpoints: [signIn, listNotifications, countUnread],
  begin,
  steps: [
    ask('sign-in', signInAsAnyone),
    askSignedIn('notifications', listNotifications),
    askSignedIn('unread-count', countUnread),
  ],
});

export const administration = flow('admin', {
  endpoints: [readAdminMetrics, readAnalytics],
  begin,
  steps: [ask('metrics', () => readAdminMetrics.call()), ask('analytics', () => readAnalytics.call())],
});

/** Monitoring, which is load too. */
export const monitoring = flow('health', {
  endpoints: [readHealth, readDetailedHealth, readMetrics],
  begin,
  steps: [
    ask('health', () => readHealth.call()),
    ask('detailed-health', () => readDetailedHealth.call()),
    ask('metrics', () => readMetrics.call()),
  ],
});
