import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../results/run-folder.ts';
import { type FormatName, REPORT_FORMATS, type ReportSource, rendererOf } from './formats.ts';
import { MAX_JOB_SUMMARY_BYTES, toMarkdown } from './markdown.ts';

/** The reports that a run or a campaign leaves beside its result. */
const LEFT_BEHIND: readonly FormatName[] = ['html', 'markdown'];

/** What was left in a folder, and what went wrong. */
export interface WrittenReports {
  files: string[];
  problems: string[];
}

/**
 * Leaves reports in a folder, and one of them in GitHub's job summary where there is one. What they are about is over
 * and written: what goes wrong here is told, and takes nothing from it.
 */
export async function writeReports(
  source: ReportSource,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<WrittenReports> {
  const left: WrittenReports = { files: [], problems: [] };
  for (const name of LEFT_BEHIND) {
    const { file } = REPORT_FORMATS[name];
    const render = rendererOf(name, source);
    const problem = await problemOf(file, async () => {
      if (render) await writeFileAtomically(path.join(folder, file), await render());
    });
    if (problem) left.problems.push(problem);
    else left.files.push(file);
  }
  left.problems.push(...(await writeJobSummary(source, env)));
  return left;
}

/** Leaves a report in GitHub's job summary where there is one. @returns what went wrong */
export async function writeJobSummary(
  { document }: ReportSource,
  { GITHUB_STEP_SUMMARY: file }: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (!file) return [];
  const problem = await problemOf('job summary', async () => {
    // The limit is one of the whole file, in which other steps of the job may have written before.
    const used = (await stat(file).catch(() => null))?.size ?? 0;
    await appendFile(file, toMarkdown(document(), { maxBytes: MAX_JOB_SUMMARY_BYTES - used }));
  });
  return problem ? [problem] : [];
}

async function problemOf(what: string, act: () => Promise<void>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    return `There is no ${what}: ${(error as Error).message}`;
  }
}
