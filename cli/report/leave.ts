import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Result } from '../../lib/core/evidence/index.ts';
import { writeWhole } from '../results/store.ts';
import type { Document } from './document.ts';
import { FILE_FORMATS, type FileFormatName, type Rendering, rendering } from './formats.ts';
import { JOB_SUMMARY_BYTES, toMarkdown } from './markdown.ts';
import { runDocument } from './run-document.ts';

/** The reports that every run leaves beside its result. */
const AFTER_A_RUN: readonly FileFormatName[] = ['html', 'markdown'];

/** What was left in a folder, and what went wrong. */
export interface Left {
  files: string[];
  problems: string[];
}

/** Leaves the reports of a run in its folder, and in GitHub's job summary where there is one. */
export function leaveReports(result: Result, folder: string, env: NodeJS.ProcessEnv): Promise<Left> {
  const files = AFTER_A_RUN.map((format) => rendering(FILE_FORMATS[format], () => result));
  return leaveFiles(folder, files, () => runDocument(result), env);
}

/**
 * Leaves reports in a folder, and one of them in GitHub's job summary where there is one. What they are about is over
 * and written: what goes wrong here is told, and takes nothing from it.
 */
export async function leaveFiles(
  folder: string,
  reports: readonly Rendering[],
  summary: () => Document,
  { GITHUB_STEP_SUMMARY: jobSummary }: NodeJS.ProcessEnv,
): Promise<Left> {
  const left: Left = { files: [], problems: [] };
  const attempt = async (what: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      left.problems.push(`There is no ${what}: ${(error as Error).message}`);
    }
  };
  for (const { file, render } of reports) {
    await attempt(file, async () => {
      await writeWhole(path.join(folder, file), await render());
      left.files.push(file);
    });
  }
  if (jobSummary) await attempt('job summary', () => appendSummary(jobSummary, summary()));
  return left;
}

/** Its limit is one of the whole file, in which other steps of the job may have written before. */
async function appendSummary(file: string, document: Document): Promise<void> {
  const used = (await stat(file).catch(() => null))?.size ?? 0;
  await appendFile(file, toMarkdown(document, { maxBytes: JOB_SUMMARY_BYTES - used }));
}
