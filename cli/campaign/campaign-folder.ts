import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Campaign, CampaignRun, CampaignTestResult } from '../../lib/core/across-runs/index.ts';
import schema from '../../lib/core/schemas/campaign.schema.json' with { type: 'json' };
import { loadResult } from '../results/load.ts';
import { resultExists, writeFileAtomically } from '../results/run-folder.ts';
import { jsonRoundTrip, validator } from '../results/validator.ts';
import { Problem } from '../support/problem.ts';

const STATE_FILE = 'campaign.json';

const validate = validator(schema, 'campaign');

/**
 * The folder of one campaign: `<product>/campaigns/<UTC>-<random>/`. The runs of a campaign are in the run folders of
 * their tests, not in this folder.
 */
export class CampaignFolder {
  readonly path: string;

  static forCampaign(results: string, { product, id }: Pick<Campaign, 'product' | 'id'>): CampaignFolder {
    return new CampaignFolder(path.join(campaignsFolder(results, product), id));
  }

  constructor(folder: string) {
    this.path = folder;
  }

  get stateFile(): string {
    return path.join(this.path, STATE_FILE);
  }

  /**
   * Returns the path of a run folder relative to the campaign folder. A relative path stays valid if the results folder
   * is moved.
   */
  relativePath(runFolder: string): string {
    return path.relative(this.path, runFolder).split(path.sep).join('/');
  }

  /** Returns whether the result of a run still exists. */
  hasResult({ folder }: CampaignRun): boolean {
    return resultExists(path.join(this.path, folder));
  }

  /**
   * Writes the state of the campaign atomically.
   * @throws Problem if the state cannot be written
   */
  async write(campaign: Campaign): Promise<void> {
    validate(jsonRoundTrip(campaign));
    await writeFileAtomically(this.stateFile, `${JSON.stringify(campaign, null, 1)}\n`);
  }

  /** Reads the state of the campaign. @throws Problem if the state cannot be read or is not valid */
  async read(): Promise<Campaign> {
    const file = this.stateFile;
    try {
      const campaign = JSON.parse(await readFile(file, 'utf8')) as Campaign;
      validate(campaign);
      return campaign;
    } catch (error) {
      throw new Problem(`${file} cannot be read as a campaign: ${(error as Error).message}.`);
    }
  }

  /** Reads the results of all tests, in the order of the campaign. @throws Problem if a result cannot be read */
  async readResults({ tests }: Campaign): Promise<CampaignTestResult[]> {
    return Promise.all(
      tests.map(async ({ test, run }) => ({
        test,
        result: run && (await loadResult(path.join(this.path, run.folder))).result,
      })),
    );
  }
}

const campaignsFolder = (results: string, product: string) => path.join(results, product, 'campaigns');

export const isCampaignFolder = (folder: string): boolean => existsSync(new CampaignFolder(folder).stateFile);

/** Loads a campaign and the results of its tests. @throws Problem if a file cannot be read */
export async function loadCampaign(folder: string): Promise<{ campaign: Campaign; tests: CampaignTestResult[] }> {
  const campaignFolder = new CampaignFolder(folder);
  const campaign = await campaignFolder.read();
  return { campaign, tests: await campaignFolder.readResults(campaign) };
}

/**
 * Finds the latest unfinished campaign of a product.
 * @throws Problem if the product has no unfinished campaign
 */
export async function latestUnfinishedCampaign(
  results: string,
  product: string,
): Promise<{ campaign: Campaign; folder: CampaignFolder }> {
  const campaigns = campaignsFolder(results, product);
  const folders = existsSync(campaigns) ? readdirSync(campaigns).map((id) => path.join(campaigns, id)) : [];
  for (const candidate of folders.filter(isCampaignFolder).sort().reverse()) {
    const folder = new CampaignFolder(candidate);
    const campaign = await folder.read();
    if (campaign.endedAt === null) return { campaign, folder };
  }
  throw new Problem(`There is no unfinished campaign of ${product} in ${results}. Start a new one without --resume.`);
}
