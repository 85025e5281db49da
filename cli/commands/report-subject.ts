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
  /** Returns the report as text for a terminal. @param folder the path of the subject, as shown to the user */
  terminal(folder: string): string;
  source: ReportSource;
}

/**
 * Finds the campaign in a folder, or else a run by any name that `findRun` accepts.
 * @throws Problem if the campaign or run does not exist or cannot be read
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
    note: recovered ? 'The run had no result, so its result was assembled now from the recorded windows.' : null,
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
