import path from 'node:path';
import { isCampaignFolder, loadCampaign } from '../campaign/campaign-folder.ts';
import { campaignDocument } from '../report/campaign/index.ts';
import { campaignReport } from '../report/campaign/terminal.ts';
import type { ReportSource } from '../report/formats.ts';
import { runReportSource } from '../report/run-document.ts';
import { terminalReport } from '../report/terminal.ts';
import { findRun } from '../results/find.ts';
import { loadResult } from '../results/load.ts';

/** The subject of a report: a run or a campaign. */
export interface Subject {
  what: 'run' | 'campaign';
  folder: string;
  /** A message to print before the report. */
  note: string | null;
  /** @param folder as shown to the user */
  terminal(folder: string): string;
  source: ReportSource;
}

/**
 * Finds a campaign by its folder, or a run as `findRun` does.
 * @throws Problem if it does not exist or cannot be read
 */
export async function findSubject(name: string, base: string, cwd: string): Promise<Subject> {
  const campaign = [cwd, base].map((folder) => path.resolve(folder, name)).find(isCampaignFolder);
  return campaign ? campaignSubject(campaign) : runSubject(await findRun(name, base, cwd));
}

async function runSubject(location: string): Promise<Subject> {
  const { result, folder, recovered } = await loadResult(location);
  return {
    what: 'run',
    folder,
    note: recovered ? 'The run had no result. It was made now, from the windows that had closed.' : null,
    terminal: (shown) => terminalReport(result, shown),
    source: runReportSource(result),
  };
}

async function campaignSubject(folder: string): Promise<Subject> {
  const { campaign, tests } = await loadCampaign(folder);
  return {
    what: 'campaign',
    folder,
    note: null,
    terminal: (shown) => campaignReport(campaign, tests, shown),
    source: { document: () => campaignDocument(campaign, tests) },
  };
}
