import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Campaign, CampaignRun, CampaignTestResult } from '../../lib/core/across-runs/index.ts';
import schema from '../../lib/core/schemas/campaign.schema.json' with { type: 'json' };
import { loadResult } from '../results/load.ts';
import { resultExists, writeFileAtomically } from '../results/run-folder.ts';
import { jsonRoundTrip, validator } from '../results/validator.ts';
import { Problem } from '../support/problem.ts';

const STATE = 'campaign.json';

const validate = validator(schema, 'campaign');

/** The folder of one campaign, `<product>/campaigns/<UTC>-<random>/`, beside the folders of its runs. */
export class CampaignFolder {
  readonly path: string;

  static forCampaign(results: string, { product, id }: Pick<Campaign, 'product' | 'id'>): CampaignFolder {
    return new CampaignFolder(path.join(campaignsOf(results, product), id));
  }

  constructor(folder: string) {
    this.path = folder;
  }

  get stateFile(): string {
    return path.join(this.path, STATE);
  }

  /** Where a run is, as the state of the campaign keeps it: valid also where the results are moved as a whole. */
  relativePath(runFolder: string): string {
    return path.relative(this.path, runFolder).split(path.sep).join('/');
  }

  /** Whether the result of a run that was recorded is still where it was. */
  hasResult({ folder }: CampaignRun): boolean {
    return resultExists(path.join(this.path, folder));
  }

  /**
   * Whole or not at all.
   * @throws Problem where it cannot be written
   */
  async write(campaign: Campaign): Promise<void> {
    validate(jsonRoundTrip(campaign));
    await writeFileAtomically(this.stateFile, `${JSON.stringify(campaign, null, 1)}\n`);
  }

  /** @throws Problem where there is no state that can be read */
  async read(): Promise<Campaign> {
    const file = this.stateFile;
    try {
      const campaign = JSON.parse(await readFile(file, 'utf8')) as Campaign;
      validate(campaign);
      return campaign;
    } catch (error) {
      throw new Problem(`${file} cannot be read as the state of a campaign: ${(error as Error).message}.`);
    }
  }

  /** The result of each test that was run, in the order of the campaign. @throws Problem where one cannot be read */
  async results({ tests }: Campaign): Promise<CampaignTestResult[]> {
    return Promise.all(
      tests.map(async ({ test, run }) => ({
        test,
        result: run && (await loadResult(path.join(this.path, run.folder))).result,
      })),
    );
  }
}

const campaignsOf = (results: string, product: string) => path.join(results, product, 'campaigns');

export const isCampaignFolder = (folder: string): boolean => existsSync(new CampaignFolder(folder).stateFile);

/** A campaign and the results of its tests. @throws Problem where something of it cannot be read */
export async function loadCampaign(
  folder: string,
): Promise<{ campaign: Campaign; tests: CampaignTestResult[] }> {
  const own = new CampaignFolder(folder);
  const campaign = await own.read();
  return { campaign, tests: await own.results(campaign) };
}

/**
 * The latest campaign of a product that has not ended.
 * @throws Problem where there is none
 */
export async function latestUnfinishedCampaign(
  results: string,
  product: string,
): Promise<{ campaign: Campaign; folder: CampaignFolder }> {
  const parent = campaignsOf(results, product);
  const folders = existsSync(parent) ? readdirSync(parent).map((id) => path.join(parent, id)) : [];
  for (const place of folders.filter(isCampaignFolder).sort().reverse()) {
    const folder = new CampaignFolder(place);
    const campaign = await folder.read();
    if (campaign.endedAt === null) return { campaign, folder };
  }
  throw new Problem(
    `No campaign of ${product} was broken off in ${results}: there is nothing to resume. Start one without --resume.`,
  );
}
