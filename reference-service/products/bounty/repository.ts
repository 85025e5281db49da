import type { ClientBase } from 'pg';
import { isoOf } from '../../db/sql.ts';

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
/** What money a kind of transaction adds to a wallet. */
const SIGNED_AMOUNT = `CASE kind WHEN 'payout' THEN -amount_cents ELSE amount_cents END`;

/** One hash and no more: what is looked at here is load, and a costly hash would be most of it. */
export async function findAccount(
  client: ClientBase,
  email: string,
  password: string,
): Promise<Account | undefined> {
  const { rows } = await client.query<Account>({
    name: 'sign-in',
    text: `SELECT ${ACCOUNT} FROM accounts
      WHERE email = $1 AND password_hash = sha256(convert_to(salt || $2, 'UTF8'))`,
    values: [email, password],
  });
  return rows[0];
}

export async function readAccount(client: ClientBase, id: number): Promise<Account | undefined> {
  const { rows } = await client.query<Account>({
    name: 'profile',
    text: `SELECT ${ACCOUNT} FROM accounts WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** The newest bounties, of one status or of all. */
export async function listBounties(
  client: ClientBase,
  limit: number,
  status: string | undefined,
): Promise<Bounty[]> {
  const { rows } = await client.query<Bounty>(
    status === undefined
      ? {
          name: 'bounties',
          text: `SELECT ${BOUNTY} FROM bounties ORDER BY id DESC LIMIT $1`,
          values: [limit],
        }
      : {
          name: 'bounties-of-status',
          text: `SELECT ${BOUNTY} FROM bounties WHERE status = $2 ORDER BY id DESC LIMIT $1`,
          values: [limit, status],
        },
  );
  return rows;
}

export async function readBounty(client: ClientBase, id: number): Promise<Bounty | undefined> {
  const { rows } = await client.query<Bounty>({
    name: 'bounty',
    text: `SELECT ${BOUNTY} FROM bounties WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

export async function readBalance(client: ClientBase, account: number): Promise<number> {
  const { rows } = await client.query<{ cents: number }>({
    name: 'balance',
    text: `SELECT coalesce(sum(${SIGNED_AMOUNT}), 0)::int AS cents FROM transactions WHERE account_id = $1`,
    values: [account],
  });
  return rows[0]?.cents ?? 0;
}

export async function listTransactions(client: ClientBase, account: number): Promise<Transaction[]> {
  const { rows } = await client.query<Transaction>({
    name: 'transactions',
    text: `SELECT id::int, kind, amount_cents AS "amountCents", ${CREATED_AT}
      FROM transactions WHERE account_id = $1 ORDER BY transactions.id DESC LIMIT 20`,
    values: [account],
  });
  return rows;
}

export async function listNotifications(
  client: ClientBase,
  account: number,
  limit: number,
): Promise<Notification[]> {
  const { rows } = await client.query<Notification>({
    name: 'notifications',
    text: `SELECT id::int, title, is_read AS "isRead", ${CREATED_AT}
      FROM notifications WHERE account_id = $1 ORDER BY notifications.id DESC LIMIT $2`,
    values: [account, limit],
  });
  return rows;
}

export async function countUnread(client: ClientBase, account: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>({
    name: 'unread',
    text: 'SELECT count(*)::int AS count FROM notifications WHERE account_id = $1 AND NOT is_read',
    values: [account],
  });
  return rows[0]?.count ?? 0;
}

export async function createIntent(
  client: ClientBase,
  account: number,
  amountCents: number,
  status: string,
  loadRun: string | null,
): Promise<PaymentIntent> {
  const { rows } = await client.query<PaymentIntent>({
    name: 'create-intent',
    text: `INSERT INTO payment_intents (account_id, amount_cents, status, load_run) VALUES ($1, $2, $3, $4)
      RETURNING id::int, amount_cents AS "amountCents", status`,
    values: [account, amountCents, status, loadRun],
  });
  return rows[0] as PaymentIntent;
}

/** Kinds of records that a load test creates, each with its table. */
export const CREATED = { 'payment-intent': 'payment_intents' };

/** What an administrator sees of the marketplace. */
export async function readAnalytics(
  client: ClientBase,
): Promise<{ bounties: { status: string; count: number; rewardCents: number }[]; accounts: number }> {
  const { rows } = await client.query<{ status: string; count: number; rewardCents: number }>({
    name: 'analytics',
    text: `SELECT status, count(*)::int AS count, sum(reward_cents)::int AS "rewardCents"
      FROM bounties GROUP BY status ORDER BY status`,
  });
  const accounts = await client.query<{ count: number }>({
    name: 'count-accounts',
    text: 'SELECT count(*)::int AS count FROM accounts',
  });
  return { bounties: rows, accounts: accounts.rows[0]?.count ?? 0 };
}
