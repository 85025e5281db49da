import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { removeLoadRun } from '../../db/load-run.ts';
import type { ConnectionPool } from '../../db/pool.ts';
import { preparedRow } from '../../db/sql.ts';
import { httpError } from '../../http/errors.ts';

type NewAgent = { name: string; email: string; branchId: number; introducedByBranchId: number };
type NewMember = { name: string; email: string; plan: string; agentIds: number[] };
export type NewClaim = { memberId: number; reference: string; amountCents: number; description: string };
export type UploadedDocument = { name: string; contentType: string; content: Buffer };
export type Policy = { memberId: number; name: string; plan: string; agents: number; claims: number };
export type OutboxMessage = { id: number; recipient: string; subject: string };

/** The part of a record that the service writes. Always `whole`, unless the fault `torn-transaction` is active. */
export type WrittenPart = 'whole' | 'half' | 'nothing';

type Row = { id: number };

/**
 * A function that returns the order in which to lock rows. Transactions that lock the same rows in different orders can
 * deadlock.
 */
export type LockOrder = (ids: readonly number[]) => number[];

export const ascending: LockOrder = (ids) => ids.toSorted((a, b) => a - b);

/**
 * Locks rows one after another, and increments a counter in each row.
 *
 * @throws 404 if a row does not exist
 */
async function incrementCounters(
  client: ClientBase,
  table: 'branches' | 'agents',
  ids: readonly number[],
  order: LockOrder,
): Promise<void> {
  const counter = table === 'branches' ? 'agents' : 'clients';
  for (const id of order([...new Set(ids)])) {
    const { rowCount } = await client.query(`UPDATE ${table} SET ${counter} = ${counter} + 1 WHERE id = $1`, [id]);
    if (rowCount === 0) throw httpError(404, 'not_found', `there is no row ${id} in ${table}`);
  }
}

const isUniqueViolation = (error: unknown) => (error as { code?: unknown }).code === '23505';

async function insertOnce(client: ClientBase, text: string, values: unknown[]): Promise<number> {
  try {
    const { rows } = await client.query<Row>(text, values);
    return Number(rows[0]?.id);
  } catch (error) {
    throw isUniqueViolation(error) ? httpError(409, 'already_registered', 'this email is already registered') : error;
  }
}

/** A function that registers an agent or a member. @returns the id of the agent or member */
export type Registration<New> = (
  client: ClientBase,
  registrant: New,
  loadRun: string | null,
  order: LockOrder,
  writtenPart: WrittenPart,
) => Promise<number>;

/** Creates an agent with a license, and increments the agent counter of each branch. */
export const createAgent: Registration<NewAgent> = async (
  client,
  { name, email, branchId, introducedByBranchId },
  loadRun,
  order,
  writtenPart,
) => {
  await incrementCounters(client, 'branches', [introducedByBranchId, branchId], order);
  const id = await insertOnce(
    client,
    'INSERT INTO agents (branch_id, email, name, load_run) VALUES ($1, $2, $3, $4) RETURNING id',
    [branchId, email, name, loadRun],
  );
  if (writtenPart === 'whole')
    await client.query('INSERT INTO agent_licences (agent_id, number) VALUES ($1, $2)', [id, `L-${id}`]);
  return id;
};

/** Creates a member with a subscription, and assigns the member to the given agents. */
export const createMember: Registration<NewMember> = async (
  client,
  { name, email, plan, agentIds },
  loadRun,
  order,
  writtenPart,
) => {
  await incrementCounters(client, 'agents', agentIds, order);
  const id = await insertOnce(client, 'INSERT INTO members (email, name, load_run) VALUES ($1, $2, $3) RETURNING id', [
    email,
    name,
    loadRun,
  ]);
  if (writtenPart === 'whole') {
    await client.query('INSERT INTO subscriptions (member_id, plan) VALUES ($1, $2)', [id, plan]);
    await client.query('INSERT INTO agent_clients (member_id, agent_id) SELECT $1, unnest($2::bigint[])', [
      id,
      [...new Set(agentIds)],
    ]);
  }
  return id;
};

/** Creates a claim with one document. */
export async function createClaim(
  client: ClientBase,
  { memberId, reference, amountCents, description }: NewClaim,
  document: UploadedDocument,
  loadRun: string | null,
  writtenPart: WrittenPart,
): Promise<number> {
  const { rows } = await client.query<Row>(
    `INSERT INTO claims (member_id, reference, amount_cents, description, load_run)
      SELECT id, $2, $3, $4, $5 FROM members WHERE id = $1 RETURNING id`,
    [memberId, reference, amountCents, description, loadRun],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw httpError(404, 'unknown_member', `there is no member ${memberId}`);
  if (writtenPart === 'whole')
    await client.query(
      'INSERT INTO documents (claim_id, name, content_type, sha256, content) VALUES ($1, $2, $3, $4, $5)',
      [id, document.name, document.contentType, digestOf(document.content), document.content],
    );
  return Number(id);
}

export const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

export const readMemberPolicy = preparedRow<Policy, [memberId: number]>(
  'policy',
  `SELECT m.id::int AS "memberId", m.name, s.plan,
      (SELECT count(*)::int FROM agent_clients WHERE member_id = m.id) AS agents,
      (SELECT count(*)::int FROM claims WHERE member_id = m.id) AS claims
    FROM members m JOIN subscriptions s ON s.member_id = m.id WHERE m.id = $1`,
);

/** Adds a confirmation message to the outbox. Must run in the transaction that creates the confirmed record. */
export async function addToOutbox(
  client: ClientBase,
  recipient: string,
  subject: string,
  loadRun: string | null,
): Promise<OutboxMessage> {
  const { rows } = await client.query<Row>(
    'INSERT INTO outbox (recipient, subject, load_run) VALUES ($1, $2, $3) RETURNING id',
    [recipient, subject, loadRun],
  );
  return { id: Number(rows[0]?.id), recipient, subject };
}

export async function removeFromOutbox(pool: ConnectionPool, id: number): Promise<void> {
  await pool.query('DELETE FROM outbox WHERE id = $1', [id]);
}

/**
 * Lists the oldest unsent messages in the outbox. Excludes new messages, because the first attempt to send them may
 * still be in progress.
 */
export async function listOutbox(pool: ConnectionPool, limit: number): Promise<OutboxMessage[]> {
  const { rows } = await pool.query<OutboxMessage>(
    `SELECT id::int, recipient, subject FROM outbox
      WHERE written_at < now() - interval '5 seconds' ORDER BY id LIMIT $1`,
    [limit],
  );
  return rows;
}

type RecordCounts = { complete: number; incomplete: number; duplicates: number };

/**
 * SQL query for the records that a run created. Returns the kind of each record, whether the record is complete, and
 * the key that must be unique.
 */
const LOAD_RUN_RECORDS = `
  SELECT 'agent' AS kind, (l.agent_id IS NOT NULL) AS whole, a.email AS key
    FROM agents a LEFT JOIN agent_licences l ON l.agent_id = a.id WHERE a.load_run = $1
  UNION ALL
  SELECT 'member', s.member_id IS NOT NULL AND EXISTS (SELECT FROM agent_clients c WHERE c.member_id = m.id), m.email
    FROM members m LEFT JOIN subscriptions s ON s.member_id = m.id WHERE m.load_run = $1
  UNION ALL
  SELECT 'claim', d.claim_id IS NOT NULL AND encode(sha256(d.content), 'hex') = d.sha256, c.reference
    FROM claims c LEFT JOIN documents d ON d.claim_id = c.id WHERE c.load_run = $1`;

/** Counts the complete, incomplete and duplicate records that a run created, by kind. */
export async function countLoadRun(pool: ConnectionPool, run: string): Promise<Record<string, RecordCounts>> {
  const { rows } = await pool.query<RecordCounts & { kind: string }>(
    `SELECT kind, count(*) FILTER (WHERE whole)::int AS complete, count(*) FILTER (WHERE NOT whole)::int AS incomplete,
        (count(*) - count(DISTINCT key))::int AS duplicates
      FROM (${LOAD_RUN_RECORDS}) AS records GROUP BY kind`,
    [run],
  );
  return Object.fromEntries(rows.map(({ kind, ...entry }) => [kind, entry]));
}

const LOAD_RUN_TABLES = { claim: 'claims', member: 'members', agent: 'agents' };

/**
 * Removes the records and messages that a load test run created. @returns the number of removed records of each kind,
 * without messages
 */
export async function removeCreated(pool: ConnectionPool, run: string): Promise<Record<string, number>> {
  const removed = await removeLoadRun(pool, LOAD_RUN_TABLES, run);
  await pool.query('DELETE FROM outbox WHERE load_run = $1', [run]);
  return removed;
}
