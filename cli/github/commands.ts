import { appendFile } from 'node:fs/promises';
import { EOL } from 'node:os';

/** A message that GitHub shows on the page of a workflow run. */
export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  title: string;
  message: string;
}

/** The number of annotations per level that GitHub shows for a step. GitHub silently drops all further annotations. */
export const MAX_ANNOTATIONS_PER_STEP = 10;

/** Returns the workflow command that adds an annotation when it is printed to standard output. */
export function annotationLine({ level, title, message }: Annotation): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

/** Returns the workflow command that masks a value in all later log lines when it is printed to standard output. */
export const maskLine = (value: string): string => `::add-mask::${escapeData(value)}`;

/**
 * Sets outputs of the current workflow step. Does nothing outside GitHub Actions.
 * @throws Error if a value has a line break, because the next line could set another output
 */
export async function setOutputs(
  outputs: Record<string, string>,
  { GITHUB_OUTPUT: file }: NodeJS.ProcessEnv,
): Promise<void> {
  const lines = Object.entries(outputs).map(([name, value]) => {
    if (/[\r\n]/.test(value)) throw new Error(`The output ${name} has more than one line: ${value}`);
    return `${name}=${value}${EOL}`;
  });
  if (file) await appendFile(file, lines.join(''));
}

const escapeData = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
