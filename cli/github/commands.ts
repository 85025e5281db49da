import { appendFile } from 'node:fs/promises';
import { EOL } from 'node:os';

/** A remark that GitHub shows on the page of a workflow run. */
export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  title: string;
  message: string;
}

/** GitHub shows ten of a kind for each step, and drops the rest without a word. */
export const ANNOTATIONS_A_STEP = 10;

/** The line on standard output that makes an annotation. */
export function annotationLine({ level, title, message }: Annotation): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

/** The line on standard output after which GitHub shows a value as stars. */
export const maskLine = (value: string): string => `::add-mask::${escapeData(value)}`;

/**
 * Sets outputs of the step, as other steps read them; nothing where no step wants them.
 * @throws Error where a value has more than one line: it could set outputs of its own
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

const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
