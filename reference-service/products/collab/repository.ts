import type { ClientBase } from 'pg';
import { preparedRow, preparedRows } from '../../db/sql.ts';

export type BrandCampaign = { id: number; title: string; budget: number };
export type Creator = { id: number; name: string; followers: number };
export type NewApplication = { creatorId: number; message: string };
export type Application = NewApplication & { id: number; campaignId: number };

const MAX_CREATORS = 10;

export const listCreators = preparedRows<Creator>(
  'creators',
  `SELECT id, name, followers FROM creators ORDER BY followers DESC LIMIT ${MAX_CREATORS}`,
);

export const readCampaign = preparedRow<BrandCampaign, [id: number]>(
  'campaign',
  'SELECT id, title, budget FROM campaigns WHERE id = $1',
);

const insertApplication = preparedRow<
  { id: number },
  [campaignId: number, creatorId: number, message: string, loadRun: string | null]
>(
  'create-application',
  `INSERT INTO applications (campaign_id, creator_id, message, load_run)
    SELECT campaigns.id, creators.id, $3, $4 FROM campaigns, creators
    WHERE campaigns.id = $1 AND creators.id = $2 RETURNING id::int`,
);

/**
 * Creates an application of a creator for a campaign. @returns undefined if the campaign or the creator does not exist
 */
export async function createApplication(
  client: ClientBase,
  campaignId: number,
  { creatorId, message }: NewApplication,
  loadRun: string | null,
): Promise<Application | undefined> {
  const row = await insertApplication(client, campaignId, creatorId, message, loadRun);
  return row && { id: row.id, campaignId, creatorId, message };
}

/** Maps each kind of record that a load test creates to its table. */
export const LOAD_RUN_TABLES = { application: 'applications' };
