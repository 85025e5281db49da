import { Problem } from '../support/problem.ts';
import { maskLine } from './commands.ts';

/** Variables of a product that the workflow does not know: a line `NAME=value` for each. */
export const GIVEN = 'LOAD_SUITE_VARIABLES';

/** Shorter values would be masked in every number of the log. */
const SHORTEST_MASKED = 4;

/**
 * Sets the variables that are given as lines of one, because a called workflow accepts only secrets that it names.
 * Those that are set by themselves stay.
 * @param say told the lines with which GitHub masks the values in its log
 * @throws Problem that names the line that is none, and does not repeat it
 */
export function adoptGivenVariables(
  env: Record<string, string | undefined>,
  say: (line: string) => void,
): void {
  const given = variablesIn(env[GIVEN] ?? '');
  delete env[GIVEN];
  if (env.GITHUB_ACTIONS)
    for (const value of Object.values(given)) if (value.length >= SHORTEST_MASKED) say(maskLine(value));
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
