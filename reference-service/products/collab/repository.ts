import type { ClientBase } from 'pg';

export type Campaign = { id: number; title: string; budget: number };
export type Creator = { id: number; name: string; followers: number };
export type NewApplication = { creatorId: number; message: string };
export type Application = NewApplication & { id: number; campaignId: number };

const MATCHES = 10;

export async function listCreators(client: ClientBase): Promise<Creator[]> {
  const { rows } = await client.query<Creator>({
    name: 'creators',
    text: `SELECT id, name, followers FROM creators ORDER BY followers DESC LIMIT ${MATCHES}`,
  });
  return rows;
}

export async function readCampaign(client: ClientBase, id: number): Promise<Campaign | undefined> {
  const { rows } = await client.query<Campaign>({
    name: 'campaign',
    text: 'SELECT id, title, budget FROM campaigns WHERE id = $1',
    values: [id],
  });
  return rows[0];
}

/** @returns undefined where there is no such campaign or creator */
export async function createApplication(
  client: ClientBase,
  campaignId: number,
  { creatorId, message }: NewApplication,
  loadRun: string | null,
): Promise<Application | undefined> {
  const { rows } = await client.query<{ id: number }>({
    name: 'create-application',
    text: `INSERT INTO applications (campaign_id, creator_id, message, load_run)
      SELECT campaigns.id, creators.id, $3, $4 FROM campaigns, creators
      WHERE campaigns.id = $1 AND creators.id = $2 RETURNING id::int`,
    values: [campaignId, creatorId, message, loadRun],
  });
  return rows[0] && { id: rows[0].id, campaignId, creatorId, message };
}

/** Kinds of records that a load test creates, each with its table. */
export const CREATED = { application: 'applications' };
