import type { Campaign, Tested } from '../../../lib/core/across-runs/index.ts';
import type { Document } from '../document.ts';
import { type FileFormat, rendering } from '../formats.ts';
import { toHtml } from '../html/index.ts';
import { type Left, leaveFiles } from '../leave.ts';
import { toMarkdown } from '../markdown.ts';
import { campaignDocument } from './index.ts';

/** Forms of the launch report: the name of the file, and how it is made. */
export const CAMPAIGN_FORMATS = {
  html: { file: 'report.html', render: (document) => toHtml(document) },
  markdown: { file: 'report.md', render: (document) => toMarkdown(document) },
} as const satisfies Record<string, FileFormat<Document>>;

/** Leaves the launch report in the folder of its campaign, and in GitHub's job summary where there is one. */
export function leaveCampaignReports(
  campaign: Campaign,
  tests: readonly Tested[],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Left> {
  const document = campaignDocument(campaign, tests);
  const reports = Object.values(CAMPAIGN_FORMATS).map((format) => rendering(format, () => document));
  return leaveFiles(folder, reports, () => document, env);
}
