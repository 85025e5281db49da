import { appendFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../results/run-folder.ts';
import { type FormatName, REPORT_FORMATS, type ReportSource, rendererOf } from './formats.ts';
import { MAX_JOB_SUMMARY_BYTES, toMarkdown } from './markdown.ts';

/** The formats in which a run or a campaign writes its report. */
const DEFAULT_FORMATS: readonly FormatName[] = ['html', 'markdown'];

/** The names of the report files that were written, and a message for each report that could not be written. */
export interface WrittenReports {
  files: string[];
  problems: string[];
}

/**
 * Writes the default reports to a folder. If GitHub provides a job summary, also appends the Markdown report to it.
 * Errors are returned as messages and not thrown, because the result itself is already stored.
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

/** Appends the Markdown report to the job summary of GitHub, if there is one. Returns a message if writing failed. */
export async function writeJobSummary(
  { document }: ReportSource,
  { GITHUB_STEP_SUMMARY: file }: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (!file) return [];
  const problem = await problemOf('the job summary', async () => {
    // GitHub limits the size of the whole file, and earlier steps of the job may have written to it.
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
