import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../results/run-folder.ts';
import { type FormatName, REPORT_FORMATS, type ReportSource, rendererOf } from './formats.ts';
import { MAX_JOB_SUMMARY_BYTES, toMarkdown } from './markdown.ts';

/** The formats that a run or a campaign writes next to its result. */
const DEFAULT_FORMATS: readonly FormatName[] = ['html', 'markdown'];

/** The names of the files that were written, and messages about those that could not be. */
export interface WrittenReports {
  files: string[];
  problems: string[];
}

/**
 * Writes the default reports into a folder, and the Markdown report into GitHub's job summary if there is one. The
 * result is already stored at this point, so errors are returned as messages and not thrown.
 */
export async function writeReports(
  source: ReportSource,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<WrittenReports> {
  const written: WrittenReports = { files: [], problems: [] };
  for (const name of DEFAULT_FORMATS) {
    const { file } = REPORT_FORMATS[name];
    const render = rendererOf(name, source);
    const problem = await problemOf(file, async () => {
      if (render) await writeFileAtomically(path.join(folder, file), await render());
    });
    if (problem) written.problems.push(problem);
    else written.files.push(file);
  }
  written.problems.push(...(await writeJobSummary(source, env)));
  return written;
}

/** Appends the Markdown report to GitHub's job summary if there is one. @returns a message if this failed */
export async function writeJobSummary(
  { document }: ReportSource,
  { GITHUB_STEP_SUMMARY: file }: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (!file) return [];
  const problem = await problemOf('the job summary', async () => {
    // The size limit applies to the whole file, and other steps of the job may have written to it.
    const used = (await stat(file).catch(() => null))?.size ?? 0;
    await appendFile(file, toMarkdown(document(), { maxBytes: MAX_JOB_SUMMARY_BYTES - used }));
  });
  return problem ? [problem] : [];
}

async function problemOf(name: string, write: () => Promise<void>): Promise<string | null> {
  try {
    await write();
    return null;
  } catch (error) {
    return `Could not create ${name}: ${(error as Error).message}`;
  }
}
