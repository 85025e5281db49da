import { Problem } from '../support/problem.ts';
import { maskLine } from './commands.ts';

/** The environment variable that contains all variables of a product, one `NAME=value` per line. */
export const GIVEN = 'LOAD_SUITE_VARIABLES';

/** Shorter values are not masked in the log, because they would also be masked inside unrelated numbers. */
const MIN_MASKED_LENGTH = 4;

/**
 * Sets every variable that LOAD_SUITE_VARIABLES lists. A called workflow declares which secrets it accepts, so callers
 * pass the variables of their product in one secret. Variables that are already set stay unchanged.
 * @param print prints a line to standard output, for the workflow commands that mask values in the log
 * @throws Problem with the number, but not the text, of an invalid line
 */
export function adoptGivenVariables(env: Record<string, string | undefined>, print: (line: string) => void): void {
  const given = variablesIn(env[GIVEN] ?? '');
  delete env[GIVEN];
  if (env.GITHUB_ACTIONS)
    for (const value of Object.values(given)) if (value.length >= MIN_MASKED_LENGTH) print(maskLine(value));
  for (const [name, value] of Object.entries(given)) env[name] ||= value;
}

function variablesIn(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).map((line, i) => ({ line: line.trim(), number: i + 1 }));
  return Object.fromEntries(
    lines
      .filter(({ line }) => line !== '' && !line.startsWith('#'))
      .map(({ line, number }) => {
        const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
        if (name === undefined || value === undefined)
          throw new Problem(
            `Line ${number} of ${GIVEN} is not NAME=value. Write one variable on each line, its name in capital letters.`,
          );
        return [name, value];
      }),
  );
}
