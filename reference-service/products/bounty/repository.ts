import type { ClientBase } from 'pg';
import { isoOf, preparedRow, preparedRows } from '../../db/sql.ts';

export type Account = { id: number; email: string; name: string };
export type Bounty = {
  id: number;
  title: string;
  status: string;
  rewardCents: number;
  postedBy: number;
  createdAt: string;
};
export type Transaction = { id: number; kind: string; amountCents: number; createdAt: string };
export type Notification = { id: number; title: string; isRead: boolean; createdAt: string };
export type PaymentIntent = { id: number; amountCents: number; status: string };

const CREATED_AT = `${isoOf('created_at')} AS "createdAt"`;
const BOUNTY = `id, title, status, reward_cents AS "rewardCents", posted_by AS "postedBy", ${CREATED_AT}`;
const ACCOUNT = 'id, email, name';
/** SQL expression for the amount that a transaction adds to the wallet. The amount is negative for a payout. */
const SIGNED_AMOUNT = `CASE kind WHEN 'payout' THEN -amount_cents ELSE amount_cents END`;

/**
 * Finds an account by email and password. Hashes the password only once, because a secure password hash would use most
 * of the CPU time of the service. Do not use this code in production.
 */
export const findAccount = preparedRow<Account, [email: string, password: string]>(
  'sign-in',
  `SELECT ${ACCOUNT} FROM accounts
    WHERE email = $1 AND password_hash = sha256(convert_to(salt || $2, 'UTF8'))`,
);

export const readAccount = preparedRow<Account, [id: number]>(
  'profile',
  `SELECT ${ACCOUNT} FROM accounts WHERE id = $1`,
);

const newestBounties = preparedRows<Bounty, [limit: number]>(
  'bounties',
  `SELECT ${BOUNTY} FROM bounties ORDER BY id DESC LIMIT $1`,
);
const newestBountiesWithStatus = preparedRows<Bounty, [limit: number, status: string]>(
  'bounties-of-status',
  `SELECT ${BOUNTY} FROM bounties WHERE status = $2 ORDER BY id DESC LIMIT $1`,
);

/** Lists the newest bounties. If `status` is given, lists only bounties with this status. */
export const listBounties = (client: ClientBase, limit: number, status: string | undefined): Promise<Bounty[]> =>
  status === undefined ? newestBounties(client, limit) : newestBountiesWithStatus(client, limit, status);

export const readBounty = preparedRow<Bounty, [id: number]>('bounty', `SELECT ${BOUNTY} FROM bounties WHERE id = $1`);

export const readBalance = preparedRow<{ balanceCents: number }, [account: number]>(
  'balance',
  `SELECT coalesce(sum(${SIGNED_AMOUNT}), 0)::int AS "balanceCents" FROM transactions WHERE account_id = $1`,
);

export const listTransactions = preparedRows<Transaction, [account: number]>(
  'transactions',
  `SELECT id::int, kind, amount_cents AS "amountCents", ${CREATED_AT}
    FROM transactions WHERE account_id = $1 ORDER BY transactions.id DESC LIMIT 20`,
);

export const listNotifications = preparedRows<Notification, [account: number, limit: number]>(
  'notifications',
  `SELECT id::int, title, is_read AS "isRead", ${CREATED_AT}
    FROM notifications WHERE account_id = $1 ORDER BY notifications.id DESC LIMIT $2`,
);

export const countUnread = preparedRow<{ unread: number }, [account: number]>(
  'unread',
  'SELECT count(*)::int AS unread FROM notifications WHERE account_id = $1 AND NOT is_read',
);

export const createIntent = preparedRow<
  PaymentIntent,
  [account: number, amountCents: number, status: string, loadRun: string | null]
>(
  'create-intent',
  `INSERT INTO payment_intents (account_id, amount_cents, status, load_run) VALUES ($1, $2, $3, $4)
    RETURNING id::int, amount_cents AS "amountCents", status`,
);

/** Maps each kind of record that a load test creates to its table. */
export const LOAD_RUN_TABLES = { 'payment-intent': 'payment_intents' };

const countByStatus = preparedRows<{ status: string; count: number; rewardCents: number }>(
  'analytics',
  `SELECT status, count(*)::int AS count, sum(reward_cents)::int AS "rewardCents"
    FROM bounties GROUP BY status ORDER BY status`,
);
const countAccounts = preparedRow<{ accounts: number }>(
  'count-accounts',
  'SELECT count(*)::int AS accounts FROM accounts',
);

/** Returns the statistics of the marketplace that administrators can see. */
export const readAnalytics = async (client: ClientBase) => ({
  bounties: await countByStatus(client),
  ...(await countAccounts(client)),
});
